"""Brings a citizen's spelling to one form: accents, apostrophes, repeated letters, chat."""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from italian.data import PACKAGED, word_list

QUOTES = str.maketrans("’‘‛´`ʼ′“”«»„", "'''''''" + '"' * 5)
BLANKS = re.compile(r"\s+")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
VOWELS_REPEATED = re.compile(r"([aeiouàèéìòù])\1{2,}")
CONSONANTS_REPEATED = re.compile(r"([b-df-hj-np-tvxyz])\1{2,}")
MARKS_REPEATED = re.compile(r"([!?.,;:])(?:\s*\1)+")
# "dimissioni.grazie" is two words; "urp@ospedale.it", "www.ospedale.it" and "3.50" are one
GLUED = re.compile(
    r"(?<=[a-zà-ù])([,;:!?()]|(?<!www)\.(?!(?:it|com|org|eu|net|pdf)\b))(?=[a-zà-ù])"
)
ACCENT_AS_APOSTROPHE = re.compile(r"(?<!\w)('?)([a-zà-ù]*'?[a-zà-ù]*[aeiou])'(?!\w)")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
GRAVE = str.maketrans("aeiou", "àèìòù")
# Words cut short keep their apostrophe: un po', a mo' di, va' via, sta' fermo, di' pure
CUT_SHORT = frozenset({"po", "mo", "va", "fa", "da", "sta", "di", "to", "be", "ca", "vo"})
ACUTE = frozenset({"nè", "sè"})
# In "raggi x" the x is not the chat spelling of "per"
RAYS = re.compile(r"\b(raggi?o?|radiografia) x\b")


# One message is asked for in a dozen places
@lru_cache(maxsize=256)
def normalise(text: str, *, data: Path = PACKAGED) -> str:
    text = RAYS.sub(r"\1 rx", ACCENT_AS_APOSTROPHE.sub(_accented, _letters(text)))
    text = WORD.sub(lambda found: _spellings(data).get(found[0], found[0]), text)
    return BLANKS.sub(" ", text).strip()


def _letters(text: str) -> str:
    """NFKC rather than NFC: fancy and full-width letters become plain ones."""
    text = unicodedata.normalize("NFKC", CONTROLS.sub(" ", text).translate(QUOTES)).lower()
    text = "".join(letter for letter in text if unicodedata.category(letter) not in {"Cf", "Cs"})
    text = VOWELS_REPEATED.sub(r"\1", text)
    text = CONSONANTS_REPEATED.sub(r"\1\1", text)
    return GLUED.sub(r"\1 ", MARKS_REPEATED.sub(r"\1", text))


def _accented(found: re.Match[str]) -> str:
    quote, word = found.groups()
    if quote or word in CUT_SHORT:
        return found[0]
    accented = word[:-1] + word[-1].translate(GRAVE)
    acute = accented in ACUTE or accented.endswith("chè")
    return word[:-1] + "é" if acute else accented


@cache
def _spellings(data: Path) -> dict[str, str]:
    lists = word_list("chat.yml", data=data)
    return {str(key): str(value) for part in lists.values() for key, value in part.items()}
