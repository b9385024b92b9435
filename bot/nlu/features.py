"""Texts as rows of numbers: two TF-IDF spaces, of words and of character n-grams."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from italian.listening import ANALYSERS, Analyser, Space

# What one phrase only has teaches nothing about others
FEWEST = {"words": 2, "characters": 2}


@dataclass(frozen=True)
class Counts:
    """How often each feature stands in each text: counted once, weighed for every fold."""

    vocabulary: Mapping[str, int]
    matrix: csr_matrix

    @classmethod
    def of(cls, texts: list[str], analyser: Analyser, *, fewest: int) -> "Counts":
        counter = CountVectorizer(analyzer=analyser, min_df=fewest, dtype=np.float32)
        matrix = counter.fit_transform(texts)
        return cls({word: int(at) for word, at in counter.vocabulary_.items()}, matrix)

    def space(self, rows: np.ndarray | slice = slice(None)) -> Space:
        """As the texts of `rows` alone would have it."""
        matrix = self.matrix[rows]
        seen = np.bincount(matrix.indices, minlength=matrix.shape[1])
        rarity = np.log((1 + matrix.shape[0]) / (1 + seen)) + 1
        return Space(self.vocabulary, np.where(seen, rarity, 0).astype(np.float32))

    def weighed(self, space: Space, rows: np.ndarray | slice = slice(None)) -> csr_matrix:
        matrix = self.matrix[rows].copy()
        matrix.data = (1 + np.log(matrix.data)) * space.rarity[matrix.indices]
        return normalize(matrix, copy=False)


def count(texts: list[str]) -> dict[str, Counts]:
    return {
        name: Counts.of(texts, analyser, fewest=FEWEST[name])
        for name, analyser in ANALYSERS.items()
    }


def beside(parts: list[csr_matrix]) -> csr_matrix:
    """Each space keeps its length of one, so that neither drowns the other."""
    return hstack(parts).tocsr()


def columns(spaces: Mapping[str, Space]) -> Iterator[tuple[str, slice]]:
    """Where each space stands when they are `beside` each other."""
    start = 0
    for name, space in spaces.items():
        end = start + len(space.vocabulary)
        yield name, slice(start, end)
        start = end
