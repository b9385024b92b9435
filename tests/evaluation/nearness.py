"""Near copies of a text among very many, found without comparing it with each of them.

rapidfuzz's token set ratio is the best of three: of the words that two texts share with all words
of the one, with all of the other, and of all with all. What each can reach follows from the
lengths of the words and from how often a letter stands in them; only texts for which one of the
three may reach the bound are compared.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

KINDS = 64  # of letters: those told apart by less count as one, which only makes texts nearer


class Shelf:
    """Texts among which near copies are looked for, with what bounds their ratios."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        words = [set(text.split()) for text in texts]
        self._sizes = np.array([_size(each) for each in words])
        self._letters = np.array([_letters(each) for each in words])
        places: dict[str, list[int]] = {}
        for place, each in enumerate(words):
            for word in each:
                places.setdefault(word, []).append(place)
        self._places = {word: np.array(found) for word, found in places.items()}

    def near(self, text: str, *, bound: int) -> Iterable[int]:
        """Places of the texts whose token set ratio (0 to 100) reaches the bound, in order."""
        places = self._candidates(set(text.split()), 1 - bound / 100)
        texts = [self._texts[place] for place in places]
        scores = process.cdist([text], texts, scorer=fuzz.token_set_ratio, score_cutoff=bound)
        return [int(place) for place in places[scores[0] > 0]]

    def _candidates(self, words: set[str], apart: float) -> NDArray[np.intp]:
        size, shared = _size(words), np.zeros(len(self._texts))
        for word in words & self._places.keys():
            shared[self._places[word]] += len(word) + 1
        least = np.minimum(size, self._sizes)
        overlapping = least - shared <= apart * (least + shared)
        long_alike = abs(size - self._sizes) <= apart * (size + self._sizes)
        alike = np.flatnonzero(long_alike & ~overlapping)
        changed = abs(self._letters[alike] - _letters(words)).sum(axis=1)
        alike = alike[changed <= apart * (size + self._sizes[alike])]
        return np.union1d(np.flatnonzero(overlapping), alike)


def _size(words: set[str]) -> int:
    """Characters of the words with a blank after each."""
    return sum(map(len, words)) + len(words)


def _letters(words: set[str]) -> NDArray[np.int16]:
    """How often each kind of letter stands in the words."""
    kinds = np.array([ord(letter) % KINDS for letter in "".join(words)], dtype=np.intp)
    return np.bincount(kinds, minlength=KINDS).astype(np.int16)
