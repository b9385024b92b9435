"""Understands a handful of words, for tests of everything around understanding."""

from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

WORDS = {
    "parchegg": "parcheggio",
    "orari": "orari",
    "reparto": "reparto",
    "reclamo": "reclamo",
    "annulla": "annulla",
    "persona": "persona",
    "zitto": "muto",
}
FATAL = "rompiti"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Understanding(GraphComponent):
    @classmethod
    def create(cls, *_: Any, **__: Any) -> "Understanding":
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            for name, value in understood(message.get("text").lower()).items():
                message.set(name, value, add_to_output=True)
        return messages


def understood(text: str) -> dict[str, Any]:
    if FATAL in text:
        raise ValueError(f"cannot read {text}")
    topics = [topic for word, topic in WORDS.items() if word in text]
    verdict = "answer" if topics else "offer" if "forse" in text else "decline"
    first = {"name": topics[0] if topics else "parcheggio", "confidence": 0.9 if topics else 0.3}
    return {
        "intent": first,
        "intent_ranking": [first],
        "verdict": verdict,
        "topics": topics,
        "said_first": topics[:-1],
        "choices": ["parcheggio", "orari"] if verdict == "offer" else [],
    }
