"""What a classifier sees of a text: words, lemmas, pairs, concepts and character n-grams."""

import re
from functools import lru_cache

from italian.lemmas import lemmas
from italian.lexicon import concepts
from italian.normalise import normalise
from italian.tokens import words

CHARACTERS = (2, 5)
# A greeting before a question and thanks after it say nothing about its topic
GREETING = re.compile(
    r"^(?:(?:buongiorno|buonasera|buon giorno|buona sera|salve|ciao|scusi|scusate|gentile urp"
    r"|spett\w* urp|a tutti|urp)[ ,.!:-]*)+(?=\w+\W+\w+)"
)
THANKS = re.compile(r"(?<=\w)[ ,.!?]+(?:(?:grazie|mille|cordiali|distinti|saluti|molte)[ ,.!]*)+$")


@lru_cache(maxsize=2_000)
def essence(text: str) -> str:
    text = normalise(text)
    short = THANKS.sub("", GREETING.sub("", text)).strip(" ,.!:-")
    return short if len(short.split()) > 1 else text


def word_features(text: str) -> list[str]:
    found = words(essence(text))
    stems = lemmas(found)
    pairs = [f"{first} {second}" for first, second in zip(["^", *stems], stems, strict=False)]
    return [
        *(f"w:{word}" for word in found),
        *(f"l:{stem}" for stem in stems),
        *(f"p:{pair}" for pair in pairs),
        *(f"k:{concept}" for concept in concepts(found)),
    ]


def character_features(text: str) -> list[str]:
    padded = f" {' '.join(words(essence(text)))} "
    return [
        padded[start : start + size]
        for size in range(CHARACTERS[0], CHARACTERS[1] + 1)
        for start in range(len(padded) - size + 1)
    ]
