"""The phrases nearest to a text: a second opinion beside the linear model's."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from italian.listening import Row

FEW = 8  # phrases that are asked


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
        asked = csr_matrix((values, places, [0, len(places)]), shape=(1, self.postings.shape[0]))
        met = asked @ self.postings
        if not met.nnz:
            return NOBODY
        best = np.argpartition(-met.data, min(FEW, met.nnz) - 1)[:FEW]
        likeness, agree = met.data[best], self.topics[met.indices[best]] == topic
        return Opinion(
            nearest=float(likeness.max()),
            agreeing=float(likeness[agree].max(initial=0)),
            opposing=float(likeness[~agree].max(initial=0)),
            share=float(likeness[agree].sum() / likeness.sum()),
        )
