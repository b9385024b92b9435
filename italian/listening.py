"""A small linear model over a text's features, read from plain numbers: no library needed."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from italian.features import character_features, word_features

Analyser = Callable[[str], list[str]]
ANALYSERS: dict[str, Analyser] = {
    "words": word_features,
    "characters": character_features,
}
Known = Mapping[str, Sequence[float]]  # feature: how rare it is, then its weight for each label


@dataclass(frozen=True)
class Listener:
    """How probable each label is, each for itself.

    Each space of features is a TF-IDF row of length one (sublinear counts), as in training.
    """

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    spaces: Mapping[str, Known]

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> "Listener":
        return cls(tuple(content["labels"]), tuple(content["bias"]), content["spaces"])

    def probabilities(self, text: str) -> dict[str, float]:
        margins = list(self.bias)
        for name, known in self.spaces.items():
            for place, value in enumerate(self._project(known, ANALYSERS[name](text))):
                margins[place] += value
        return {
            label: 1 / (1 + math.exp(-margin))
            for label, margin in zip(self.labels, margins, strict=True)
        }

    def familiar(self, text: str) -> float:
        """The share of the text's words that training has seen."""
        words = {each for each in word_features(text) if each.startswith("w:")}
        known = self.spaces["words"]
        return sum(word in known for word in words) / max(1, len(words))

    def _project(self, known: Known, features: list[str]) -> list[float]:
        sums, square = [0.0] * len(self.labels), 0.0
        for feature, count in Counter(features).items():
            if (found := known.get(feature)) is None:
                continue
            rarity, *weights = found
            value = (1 + math.log(count)) * rarity
            square += value * value
            for place, weight in enumerate(weights):
                sums[place] += value * weight
        length = math.sqrt(square) or 1.0
        return [each / length for each in sums]
