"""A linear intent model, and the phrases nearest to a text as a second opinion."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sklearn.svm import LinearSVC

from bot.nlu.certainty import OUT_OF_SCOPE, Calibration, Evidence
from bot.nlu.features import Counts, beside, columns, count
from bot.nlu.neighbours import Neighbours
from italian.listening import ANALYSERS, Row, Space, judged

# A text is never certain; only a pressed button is
MOST_CONFIDENT = 0.999
MACHINE = {"class_weight": "balanced", "C": 0.7, "random_state": 20261123}
NEAR = "words"  # the space in which phrases are near each other

Ranking = list[tuple[str, float]]


@dataclass(frozen=True)
class Reading:
    """What the model makes of a text.

    `known` tells whether at least one word of the text was seen in training; `weigh` looks at
    the evidence, which is half of the work and of most clauses not asked for.
    """

    text: str
    ranking: Ranking
    weigh: Callable[[], float]
    known: bool

    @cached_property
    def certainty(self) -> float:
        """The probability that the first of the ranking is right."""
        return self.weigh()


@dataclass(frozen=True)
class LinearModel:
    labels: list[str]
    spaces: Mapping[str, Space]
    weights: Mapping[str, np.ndarray]  # of each space: features x labels
    bias: np.ndarray
    neighbours: Neighbours
    calibration: Calibration

    @classmethod
    def train(
        cls, texts: list[str], labels: list[str], calibration: Calibration | None = None
    ) -> "LinearModel":
        return cls.fit(count(texts), labels, calibration or Calibration.read())

    @classmethod
    def fit(
        cls,
        counts: Mapping[str, Counts],
        labels: list[str],
        calibration: Calibration,
        rows: np.ndarray | slice = slice(None),
    ) -> "LinearModel":
        """From the texts of `rows` alone; `labels` are of all texts."""
        names, truth = np.unique(np.array(labels)[rows], return_inverse=True)
        spaces = {name: each.space(rows) for name, each in counts.items()}
        weighed = {name: each.weighed(spaces[name], rows) for name, each in counts.items()}
        machine = LinearSVC(**MACHINE).fit(beside(list(weighed.values())), truth)
        return cls(
            labels=names.tolist(),
            spaces=spaces,
            weights=dict(_by_space(machine, spaces)),
            bias=machine.intercept_.astype(np.float32),
            neighbours=Neighbours(weighed[NEAR].T.tocsr(), truth.astype(np.int32)),
            calibration=calibration,
        )

    def read(self, text: str) -> Reading:
        features = {name: ANALYSERS[name](text) for name in self.spaces}
        rows = {name: space.row(features[name]) for name, space in self.spaces.items()}
        margins = self.bias + sum(judged(row, self.weights[name]) for name, row in rows.items())
        order = np.argsort(-margins, kind="stable")
        shares = self.calibration.shares(margins)
        seen = (rows[NEAR], len(set(features[NEAR])), len(text.split()))
        return Reading(
            text=text,
            ranking=[(self.labels[at], min(float(shares[at]), MOST_CONFIDENT)) for at in order],
            weigh=lambda: self.calibration.certainty(self.evidence(margins, *seen)),
            known=bool(len(rows[NEAR][0])),
        )

    def evidence(self, margins: np.ndarray, near: Row, features: int, words: int) -> Evidence:
        """`near`: the row in the space of words; `features`: how many the text has there."""
        descending = -np.sort(-margins)
        scope = self._outside
        return Evidence(
            descending=descending,
            outside=float(descending[-1] if scope is None else margins[scope]),
            near=self.neighbours.opinion(near, int(margins.argmax())),
            familiar=np.count_nonzero(near[1]) / max(1, features),
            words=words,
        )

    @cached_property
    def _outside(self) -> int | None:
        return self.labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in self.labels else None

    def margins(self, counts: Mapping[str, Counts], rows: np.ndarray) -> np.ndarray:
        """Of many texts at once, as `read` finds them one by one."""
        return self.bias + sum(
            counts[name].weighed(space, rows) @ self.weights[name]
            for name, space in self.spaces.items()
        )


def _by_space(machine: LinearSVC, spaces: Mapping[str, Space]) -> Iterator[tuple[str, np.ndarray]]:
    """The machine's rows of weights, cut where one space ends and the next begins."""
    for name, where in columns(spaces):
        yield name, np.ascontiguousarray(machine.coef_[:, where].T, dtype=np.float32)
