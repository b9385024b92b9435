"""The last component: whether to answer, to offer choices or to decline, and which topics."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_EXAMPLE
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.classifier import CLAUSES, KNOWN, WHOLE
from bot.nlu.linear import Ranking

THRESHOLDS = Path(__file__).parent / "thresholds.yml"
OUT_OF_SCOPE = "fuori_ambito"
MOST_CHOICES = 3
MOST_TOPICS = 2
FACTS = "facts.json"
Facts = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Thresholds:
    """Confidences from which a topic is answered; `offer` is that of the best three together."""

    answer: float
    answer_high_risk: float
    clause: float
    offer: float
    choice: float

    @classmethod
    def read(cls, file: Path = THRESHOLDS) -> "Thresholds":
        return cls(**yaml.safe_load(file.read_text(encoding="utf-8"))["thresholds"])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class VerdictComponent(GraphComponent):
    """Adds verdict, choices, topics and what decide() needs to every message."""

    def __init__(
        self, storage: ModelStorage, resource: Resource, facts: Facts, thresholds: Thresholds
    ) -> None:
        self.storage, self.resource = storage, resource
        self.judge = Judge(facts, thresholds)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "VerdictComponent":
        return cls(model_storage, resource, {}, Thresholds.read())

    def train(self, training_data: TrainingData) -> Resource:
        facts = {
            example.get(INTENT): example.get(METADATA)[METADATA_EXAMPLE]
            for example in training_data.intent_examples
        }
        content = {"facts": facts, "thresholds": asdict(self.judge.thresholds)}
        with self.storage.write_to(self.resource) as folder:
            (folder / FACTS).write_text(json.dumps(content), encoding="utf-8")
        return self.resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "VerdictComponent":
        with model_storage.read_from(resource) as folder:
            content = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        thresholds = Thresholds(**content["thresholds"])
        return cls(model_storage, resource, content["facts"], thresholds)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = self.judge.judge(
                message.get(WHOLE), message.get(CLAUSES), known=message.get(KNOWN)
            )
            for name, value in found.items():
                message.set(name, value, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data


@dataclass(frozen=True)
class Judge:
    facts: Facts
    thresholds: Thresholds

    def judge(self, whole: Ranking, parts: list[Ranking], *, known: bool = True) -> dict[str, Any]:
        topics = self._both(parts)
        verdict = "answer" if topics else self.verdict(whole, known=known)
        if verdict == "answer" and not topics:
            topics = [whole[0][0]]
        return {
            "verdict": verdict,
            "topics": topics,
            "said_first": topics[:-1],
            "choices": self.choices(whole) if verdict == "offer" else [],
            "sure": whole[0][1] >= self.thresholds.answer,
            "very_sure": whole[0][1] >= self.thresholds.answer_high_risk,
        }

    def verdict(self, ranking: Ranking, *, known: bool) -> str:
        """A text without one known word is never worth a guess."""
        topic, confidence = ranking[0]
        if topic == OUT_OF_SCOPE:
            return "decline"
        if confidence >= self._needed(topic):
            return "answer"
        together = sum(confidence for _, confidence in ranking[:MOST_CHOICES])
        return "offer" if known and together >= self.thresholds.offer else "decline"

    def choices(self, ranking: Ranking) -> list[str]:
        return [
            topic
            for topic, confidence in ranking[:MOST_CHOICES]
            if topic != OUT_OF_SCOPE and confidence >= self.thresholds.choice
        ]

    def _needed(self, topic: str) -> float:
        risky = self.facts.get(topic, {}).get("risk") == "H"
        return self.thresholds.answer_high_risk if risky else self.thresholds.answer

    def _both(self, parts: list[Ranking]) -> list[str]:
        """Two topics asked at once: a fixed sentence first, what changes the state last."""
        clear = [part[0][0] for part in parts if self._clear(part)]
        topics = sorted(dict.fromkeys(clear), key=lambda topic: not self._said_alone(topic))
        two = len(topics) == MOST_TOPICS and self._said_alone(topics[0])
        return topics if two else []

    def _clear(self, part: Ranking) -> bool:
        topic, confidence = part[0]
        asked = self.facts.get(topic, {}).get("kind") != "command"
        return asked and confidence >= max(self.thresholds.clause, self._needed(topic))

    def _said_alone(self, topic: str) -> bool:
        return bool(self.facts.get(topic, {}).get("said_alone"))
