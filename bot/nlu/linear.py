"""A linear intent model with honest confidences, kept in files that hold only text and numbers."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.nlu.features import Features

SEED = 20261123
FOLDS = 4
# A text is never certain; only a pressed button is
MOST_CONFIDENT = 0.999
COSTS = {"class_weight": "balanced", "C": 0.5, "random_state": SEED}

Ranking = list[tuple[str, float]]


@dataclass
class LinearModel:
    features: Features
    labels: list[str]
    weights: np.ndarray
    bias: np.ndarray
    sharpness: float

    @classmethod
    def train(cls, texts: list[str], labels: list[str]) -> "LinearModel":
        names, margins = cross_validated_margins(texts, labels)
        sharpness = calibrate(margins, np.searchsorted(names, labels))
        features, machine = _fit(texts, labels)
        bias = machine.intercept_.astype(np.float32)
        return cls(features, names, machine.coef_.astype(np.float32), bias, sharpness)

    def rank(self, texts: list[str]) -> list[Ranking]:
        margins = self.features.transform(texts) @ self.weights.T + self.bias
        return [self._ranked(row) for row in confidences(margins, self.sharpness)]

    def _ranked(self, row: np.ndarray) -> Ranking:
        order = np.argsort(-row, kind="stable")
        return [(self.labels[place], min(float(row[place]), MOST_CONFIDENT)) for place in order]

    def save(self, folder: Path) -> None:
        vocabularies, weights = self.features.state()
        content = {"labels": self.labels, "sharpness": self.sharpness, "words": vocabularies}
        (folder / "linear.json").write_text(json.dumps(content), encoding="utf-8")
        arrays = {"weights": self.weights.astype(np.float16), "bias": self.bias, **weights}
        np.savez_compressed(folder / "linear.npz", **arrays)

    @classmethod
    def restore(cls, folder: Path) -> "LinearModel":
        content = json.loads((folder / "linear.json").read_text(encoding="utf-8"))
        with np.load(folder / "linear.npz", allow_pickle=False) as arrays:
            features = Features.restore(content["words"], arrays)
            # Column by column, or every message copies the whole matrix to turn it
            weights = np.asfortranarray(arrays["weights"].astype(np.float32))
            bias = arrays["bias"]
        return cls(features, content["labels"], weights, bias, content["sharpness"])


def confidences(margins: np.ndarray, sharpness: float) -> np.ndarray:
    raised = np.exp(sharpness * (margins - margins.max(axis=1, keepdims=True)))
    return raised / raised.sum(axis=1, keepdims=True)


def calibrate(margins: np.ndarray, truth: np.ndarray) -> float:
    """The one number that makes confidences agree with how often unseen phrases are right."""

    def surprise(sharpness: float) -> float:
        right = confidences(margins, sharpness)[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(right, 1e-9)).mean())

    return float(minimize_scalar(surprise, bounds=(0.5, 30), method="bounded").x)


def cross_validated_margins(texts: list[str], labels: list[str]) -> tuple[list[str], np.ndarray]:
    """Every phrase judged by a model that has not seen it."""
    names, truth = sorted(set(labels)), np.array(labels)
    margins = np.zeros((len(texts), len(names)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for known, unseen in folds.split(texts, truth):
        features, machine = _fit([texts[i] for i in known], truth[known].tolist())
        places = np.searchsorted(names, machine.classes_)
        judged = machine.decision_function(features.transform([texts[i] for i in unseen]))
        margins[np.ix_(unseen, places)] = judged
    return names, margins


def _fit(texts: list[str], labels: list[str]) -> tuple[Features, LinearSVC]:
    features = Features()
    return features, LinearSVC(**COSTS).fit(features.fit(texts), labels)
