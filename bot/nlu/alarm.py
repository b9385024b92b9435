"""Learns to hear an emergency in the phrases; handoff reads it from the archive."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.nlu.component import LearningComponent
from bot.nlu.features import Counts, Space, beside, columns, count
from bot.nlu.thresholds import found

FILE = "alarm.json"
LABELS = ("emergenza", "crisi_psicologica")
ALL = slice(None)
STRENGTH = {"C": 20.0, "solver": "liblinear", "random_state": 20261126}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AlarmComponent(LearningComponent):
    """Trains a `Listener` on all phrases: those of LABELS against all the others."""

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        examples = [each for each in training_data.intent_examples if each.get(TEXT)]
        content = _levels() | learn(
            [each.get(TEXT) for each in examples], [each.get(INTENT) for each in examples]
        )
        save(content, folder)


def _levels() -> dict[str, float]:
    chosen = found("alarm")
    return {name: chosen[name] for name in ("threshold", "doubt")}


def learn(texts: list[str], labels: list[str]) -> dict[str, Any]:
    """Plain numbers for `italian.listening.Listener`."""
    alarm = Alarm.fit(count(texts), labels)
    weights = np.vstack([machine.coef_[0] for machine in alarm.machines.values()])
    return {
        "labels": list(alarm.machines),
        "bias": [round(float(each.intercept_[0]), 4) for each in alarm.machines.values()],
        "spaces": dict(_spaces(alarm.spaces, weights)),
    }


@dataclass(frozen=True)
class Alarm:
    """For each of LABELS that somebody wrote for, the machine that tells it from all else."""

    spaces: Mapping[str, Space]
    machines: Mapping[str, LogisticRegression]

    @classmethod
    def fit(
        cls, counts: Mapping[str, Counts], labels: list[str], rows: np.ndarray | slice = ALL
    ) -> "Alarm":
        """From the texts of `rows` alone; `labels` are of all texts."""
        spaces = {name: each.space(rows) for name, each in counts.items()}
        found, truth = cls._rows(counts, spaces, rows), np.array(labels)[rows]
        machines = {
            label: LogisticRegression(**STRENGTH).fit(found, truth == label)
            for label in LABELS
            if label in truth
        }
        return cls(spaces, machines)

    def loudest(self, counts: Mapping[str, Counts], rows: np.ndarray) -> np.ndarray:
        """For each of the texts, the probability of its likelier alarm."""
        found = self._rows(counts, self.spaces, rows)
        heard = [machine.predict_proba(found)[:, 1] for machine in self.machines.values()]
        return np.max(heard, axis=0)

    @staticmethod
    def _rows(
        counts: Mapping[str, Counts], spaces: Mapping[str, Space], rows: np.ndarray | slice
    ) -> csr_matrix:
        return beside([each.weighed(spaces[name], rows) for name, each in counts.items()])


def _spaces(
    spaces: Mapping[str, Space], weights: np.ndarray
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each space's features: how rare it is, then its weight for each label."""
    for name, where in columns(spaces):
        numbers = np.vstack([spaces[name].rarity, weights[:, where]]).T.round(3).tolist()
        yield name, {feature: numbers[at] for feature, at in spaces[name].vocabulary.items()}


def save(content: dict[str, Any], folder: Path) -> None:
    (folder / FILE).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
