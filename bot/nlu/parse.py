"""What an understood message says of itself: a dictionary, as Rasa's graph gives it."""

from typing import Any

Parse = dict[str, Any]


def asked_topic(parse: Parse) -> str:
    """Of two questions the one that is acted on; else the classifier's first."""
    return parse["topics"][-1] if parse.get("topics") else parse["intent"]["name"]


def said_first(parse: Parse, intent: str) -> list[str]:
    """Of two questions in one message, those answered by a fixed sentence before `intent`."""
    if intent not in parse.get("topics", ()):
        return []
    return [topic for topic in parse.get("said_first", ()) if topic != intent]


def is_payload(parse: Parse) -> bool:
    """A pressed button is certain; a text never is (its confidence stays below one)."""
    return "verdict" not in parse or parse["intent"]["confidence"] >= 1.0
