"""Reads texts with the trained linear model's numbers alone: no bot, no training library."""

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from italian.features import character_features, word_features

Analyser = Callable[[str], list[str]]
ANALYSERS: dict[str, Analyser] = {
    "words": word_features,
    "characters": character_features,
}
Numbers = NDArray[Any]
Row = tuple[Numbers, Numbers]  # places, values


@dataclass(frozen=True)
class Space:
    """One kind of features: the place of each, and how rare it is (0: never seen)."""

    vocabulary: Mapping[str, int]
    rarity: Numbers

    def row(self, features: list[str]) -> Row:
        """Sublinear counts times rarity, of length one; what was never seen is left out."""
        counts = Counter(features)
        known = zip(map(self.vocabulary.get, counts), counts.values(), strict=True)
        found = {place: count for place, count in known if place is not None}
        places = np.array(list(found), dtype=np.intp)
        values = np.array(list(map(_damped, found.values())), dtype=np.float32)
        values *= self.rarity[places]
        return places, values / (np.linalg.norm(values) or 1.0)


def judged(row: Row, weights: Numbers) -> Numbers:
    """A row's margins. Not by `@`, which wakes threads that keep a core busy for milliseconds."""
    places, values = row
    margins: Numbers = np.einsum("i,ij->j", values, weights[places], dtype=np.float32)
    return margins


@cache
def _damped(count: int) -> float:
    return 1 + math.log(count)


@dataclass(frozen=True)
class Listener:
    """How far a text lies on the side of some labels, and away from all the others."""

    labels: tuple[str, ...]
    bias: Numbers
    spaces: Mapping[str, Space]
    weights: Mapping[str, Numbers]  # of each space: features x labels; in half precision

    @classmethod
    def read(cls, words: Mapping[str, Any], numbers: Mapping[str, Numbers]) -> "Listener":
        """From what `bot.nlu.storage` keeps: its JSON and its arrays; KeyError where one lacks."""
        vocabularies: Mapping[str, list[str]] = words["vocabulary"]
        return cls(
            labels=tuple(words["labels"]),
            bias=numbers["bias"],
            spaces={
                name: Space({word: at for at, word in enumerate(known)}, numbers[f"rarity_{name}"])
                for name, known in vocabularies.items()
            },
            weights={name: numbers[f"weights_{name}"] for name in vocabularies},
        )

    def above(self, text: str, labels: Collection[str]) -> dict[str, float]:
        """For each of `labels` its margin less the best of all others; none for unknown text."""
        rows = {name: space.row(ANALYSERS[name](text)) for name, space in self.spaces.items()}
        if not any(len(places) for places, _ in rows.values()):
            return {}
        margins = self.bias + sum(judged(row, self.weights[name]) for name, row in rows.items())
        found = dict(zip(self.labels, map(float, margins), strict=True))
        others = max(margin for label, margin in found.items() if label not in labels)
        return {label: found[label] - others for label in labels if label in found}

    def familiar(self, text: str) -> float:
        """The share of the text's words that training has seen."""
        words = {each for each in word_features(text) if each.startswith("w:")}
        known = self.spaces["words"].vocabulary
        return sum(word in known for word in words) / max(1, len(words))
