"""How sure a reading is: learned from phrases that the model had not seen."""

import math
from dataclasses import dataclass

import numpy as np

from bot.nlu.neighbours import Opinion
from bot.nlu.thresholds import found

OUT_OF_SCOPE = "fuori_ambito"


@dataclass(frozen=True)
class Calibration:
    """`sharpness` turns margins into shares; `pull` weighs the evidence for the first."""

    sharpness: float
    pull: tuple[float, ...]

    @classmethod
    def read(cls) -> "Calibration":
        content = found("calibration")
        return cls(content["sharpness"], tuple(content["pull"]))

    def shares(self, margins: np.ndarray) -> np.ndarray:
        return shares(margins[None, :], self.sharpness)[0]

    def certainty(self, found: "Evidence") -> float:
        pulled = np.dot(self.pull, (1.0, *found.numbers()))
        return 1 / (1 + math.exp(-float(np.clip(pulled, -30, 30))))


@dataclass(frozen=True)
class Evidence:
    """What speaks for the first topic, and against it.

    `descending`: margins in falling order; `outside`: that of being out of scope; `familiar`: the
    share of the text's words, lemmas and pairs that training has seen; `words`: its length.
    """

    descending: np.ndarray
    outside: float
    near: Opinion
    familiar: float
    words: int

    def numbers(self) -> tuple[float, ...]:
        first, second, third = (*map(float, self.descending[:3]), -1.0, -1.0)[:3]
        length = math.log(1 + self.words)
        apart = (first, first - second, first - third, first - self.outside)
        return (*apart, *self.near, self.familiar, length, length * first)


def shares(margins: np.ndarray, sharpness: float) -> np.ndarray:
    raised = np.exp(sharpness * (margins - margins.max(axis=1, keepdims=True)))
    return raised / raised.sum(axis=1, keepdims=True)
