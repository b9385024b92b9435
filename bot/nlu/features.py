"""What the classifier sees of a text: words, lemmas, pairs, concepts and character n-grams."""

import re
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

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


ANALYSERS = {"words": word_features, "characters": character_features}


class Features:
    """Two TF-IDF spaces side by side, each of length one, so that neither drowns the other."""

    def __init__(self) -> None:
        self.spaces = {
            name: TfidfVectorizer(analyzer=analyser, sublinear_tf=True, dtype=np.float32)
            for name, analyser in ANALYSERS.items()
        }

    def fit(self, texts: list[str]) -> csr_matrix:
        return hstack([space.fit_transform(texts) for space in self.spaces.values()]).tocsr()

    def transform(self, texts: list[str]) -> csr_matrix:
        return hstack([space.transform(texts) for space in self.spaces.values()]).tocsr()

    def knows(self, text: str) -> bool:
        """Whether at least one word, lemma or concept of the text was seen in training."""
        vocabulary = self.spaces["words"].vocabulary_
        return any(feature in vocabulary for feature in word_features(text))

    def state(self) -> tuple[dict[str, list[str]], dict[str, np.ndarray]]:
        """Vocabularies and weights as plain lists and arrays: nothing to unpickle."""
        vocabularies = {
            name: space.get_feature_names_out().tolist() for name, space in self.spaces.items()
        }
        weights = {f"idf_{name}": space.idf_ for name, space in self.spaces.items()}
        return vocabularies, weights

    @classmethod
    def restore(
        cls, vocabularies: dict[str, list[str]], weights: dict[str, np.ndarray]
    ) -> "Features":
        features = cls()
        for name, space in features.spaces.items():
            space.vocabulary = {word: place for place, word in enumerate(vocabularies[name])}
            space.idf_ = weights[f"idf_{name}"]
        return features
