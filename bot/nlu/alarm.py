"""Learns to hear an emergency in the phrases; handoff reads it from the archive."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.linear_model import LogisticRegression

from bot.nlu.features import Space, beside, count

FILE = "alarm.json"
THRESHOLDS = Path(__file__).parent / "thresholds.yml"
LABELS = ("emergenza", "crisi_psicologica")
STRENGTH = {"C": 20.0, "solver": "liblinear", "random_state": 20261126}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AlarmComponent(GraphComponent):
    """Trains a `Listener` on all phrases: those of LABELS against all the others."""

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self.storage, self.resource = storage, resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "AlarmComponent":
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [each for each in training_data.intent_examples if each.get(TEXT)]
        chosen = yaml.safe_load(THRESHOLDS.read_text(encoding="utf-8"))["alarm"]
        content = chosen | learn(
            [each.get(TEXT) for each in examples], [each.get(INTENT) for each in examples]
        )
        with self.storage.write_to(self.resource) as folder:
            save(content, folder)
        return self.resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "AlarmComponent":
        return cls(model_storage, resource)

    def process(self, messages: list[Message]) -> list[Message]:
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data


def learn(texts: list[str], labels: list[str]) -> dict[str, Any]:
    """Plain numbers for `italian.listening.Listener`."""
    counts = count(texts)
    spaces = {name: each.space() for name, each in counts.items()}
    rows = beside([each.weighed(spaces[name]) for name, each in counts.items()])
    heard = [label for label in LABELS if label in labels]
    machines = [
        LogisticRegression(**STRENGTH).fit(rows, np.array(labels) == each) for each in heard
    ]
    weights = np.vstack([machine.coef_[0] for machine in machines])
    return {
        "labels": heard,
        "bias": [round(float(machine.intercept_[0]), 4) for machine in machines],
        "spaces": dict(_spaces(spaces, weights)),
    }


def _spaces(
    spaces: Mapping[str, Space], weights: np.ndarray
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each space's features: how rare it is, then its weight for each label."""
    start = 0
    for name, space in spaces.items():
        end = start + len(space.vocabulary)
        columns = np.vstack([space.rarity, weights[:, start:end]]).T.round(3).tolist()
        yield name, {feature: columns[at] for feature, at in space.vocabulary.items()}
        start = end


def save(content: dict[str, Any], folder: Path) -> None:
    (folder / FILE).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
