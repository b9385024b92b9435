"""The phrases nearest to a text: a second opinion beside the linear model's."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from italian.listening import Row

FEW = 8  # phrases that are asked
BLOCK = 128  # phrases of which only the nearest is looked at first


class Opinion(NamedTuple):
    """How near the nearest phrase is, the nearest of the same topic, of another; their share."""

    nearest: float
    agreeing: float
    opposing: float
    share: float


NOBODY = Opinion(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Neighbours:
    """`postings`: features x phrases, so that only the phrases with a word in common are met."""

    postings: csr_matrix
    topics: np.ndarray

    def opinion(self, row: Row, topic: int) -> Opinion:
        places, values = row
        if not len(places):
            return NOBODY
        likenesses = self.postings[places].T @ values
        best = _best(likenesses)
        if not len(best):
            return NOBODY
        likeness, agree = likenesses[best], self.topics[best] == topic
        return Opinion(
            nearest=float(likeness.max()),
            agreeing=float(likeness[agree].max(initial=0)),
            opposing=float(likeness[~agree].max(initial=0)),
            share=float(likeness[agree].sum() / likeness.sum()),
        )


def _best(likenesses: np.ndarray) -> np.ndarray:
    """Where the few highest are, of those above nought; of equals the first.

    The few best blocks hold at least as many phrases that are as near: most others fall away.
    """
    whole = len(likenesses) // BLOCK
    if whole < FEW:
        near = np.flatnonzero(likenesses > 0)
    else:
        nearest = likenesses[: whole * BLOCK].reshape(whole, BLOCK).max(axis=1)
        least = np.partition(nearest, whole - FEW)[whole - FEW]
        near = np.flatnonzero((likenesses >= least) & (likenesses > 0))
    return near[np.argsort(-likenesses[near], kind="stable")[:FEW]]
