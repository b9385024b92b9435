"""The last component: whether to answer, to offer choices or to decline, and which topics."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_EXAMPLE
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.certainty import OUT_OF_SCOPE
from bot.nlu.classifier import CLAUSES, WHOLE
from bot.nlu.component import LearningComponent
from bot.nlu.language import ITALIAN, LANGUAGE
from bot.nlu.linear import Ranking, Reading
from bot.nlu.thresholds import Thresholds

FOREIGN = "lingua_straniera"
MOST_CHOICES = 3
# said in a talk, but nobody comes for them
COURTESIES = {"saluto", "congedo", "ringraziamento"}
SMALL_TALK = COURTESIES | {"conferma", "negazione", "annulla", "insulto"}
MOST_TOPICS = 2
LIKELY = 5  # so far up in the whole message's ranking must both questions stand
FACTS = "facts.json"
Facts = dict[str, dict[str, Any]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class VerdictComponent(LearningComponent):
    """Adds verdict, choices, topics and what decide() needs to every message."""

    judge: "Judge"

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        facts = {
            example.get(INTENT): example.get(METADATA)[METADATA_EXAMPLE]
            for example in training_data.intent_examples
        }
        content = {"facts": facts, "thresholds": asdict(Thresholds.read())}
        (folder / FACTS).write_text(json.dumps(content), encoding="utf-8")
        self.restore(folder)

    def restore(self, folder: Path) -> None:
        content = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        self.judge = Judge(content["facts"], Thresholds(**content["thresholds"]))

    def understand(self, message: Message) -> None:
        found = self.judge.judge(
            message.get(WHOLE), message.get(CLAUSES), language=message.get(LANGUAGE)
        )
        for name, value in found.items():
            message.set(name, value, add_to_output=True)


@dataclass(frozen=True)
class Judge:
    facts: Facts
    thresholds: Thresholds

    def judge(
        self, whole: Reading, parts: list[Reading], *, language: str = ITALIAN
    ) -> dict[str, Any]:
        asks = {} if language != ITALIAN else self._both(whole, parts)
        topics = [FOREIGN] if language != ITALIAN else list(asks)
        verdict = "answer" if topics else self.verdict(whole)
        if verdict == "answer" and not topics:
            topics = [whole.ranking[0][0]]
        return {
            "verdict": verdict,
            "topics": topics,
            "said_first": topics[:-1],
            "asks": asks,
            "choices": self.choices(whole.ranking) if verdict == "offer" else [],
            "sure": whole.known and whole.certainty >= self.thresholds.outside,
            "very_sure": whole.certainty >= self.thresholds.answer_high_risk,
        }

    def verdict(self, read: Reading) -> str:
        """A text without one known word is never worth a guess."""
        topic = read.ranking[0][0]
        if topic == OUT_OF_SCOPE:
            outside = read.certainty >= self.thresholds.outside
        elif read.certainty >= self._needed(topic):
            return "answer"
        else:
            outside = False
        offered = dict(read.ranking)
        together = sum(offered[topic] for topic in self.choices(read.ranking))
        worth = read.known and not outside and together >= self.thresholds.offer
        return "offer" if worth else "decline"

    def choices(self, ranking: Ranking) -> list[str]:
        """What the citizen may have wanted; beside a question a "Sì" would lead nowhere."""
        inside = [each for each in ranking if each[0] != OUT_OF_SCOPE]
        asked = [each for each in inside if each[0] not in SMALL_TALK][:MOST_CHOICES]
        first = inside[:1] if inside[0][1] > sum(share for _, share in asked) else []
        wanted = first + [each for each in asked if each not in first]
        likely = [topic for topic, share in wanted if share >= self.thresholds.choice]
        return likely[:MOST_CHOICES]

    def _needed(self, topic: str) -> float:
        if topic in COURTESIES:
            return self.thresholds.courtesy
        risky = self.facts.get(topic, {}).get("risk") == "H"
        return self.thresholds.answer_high_risk if risky else self.thresholds.answer

    def _both(self, whole: Reading, parts: list[Reading]) -> dict[str, str]:
        """Two topics asked at once, each with its clause; what changes the state comes last.

        The message as a whole must speak of both: a story's background is no second question.
        """
        likely = {topic for topic, _ in whole.ranking[:LIKELY]}
        if len(likely & {part.ranking[0][0] for part in parts}) < MOST_TOPICS:
            return {}
        clear = {part.ranking[0][0]: part.text for part in reversed(parts) if self._clear(part)}
        topics = sorted(reversed(clear), key=lambda topic: not self._said_alone(topic))
        two = len(topics) == MOST_TOPICS and self._said_alone(topics[0])
        both = two and likely.issuperset(topics)
        return {topic: clear[topic] for topic in topics} if both else {}

    def _clear(self, part: Reading) -> bool:
        topic = part.ranking[0][0]
        asked = self.facts.get(topic, {}).get("kind") != "command"
        return asked and part.certainty >= max(self.thresholds.clause, self._needed(topic))

    def _said_alone(self, topic: str) -> bool:
        return bool(self.facts.get(topic, {}).get("said_alone"))
