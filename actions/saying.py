"""How an action speaks: by the key of an approved sentence, its values and perhaps a ticket."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

Ticket = dict[str, Any]


def say(
    dispatcher: CollectingDispatcher,
    key: str,
    *,
    values: dict[str, Any] | None = None,
    ticket: Ticket | None = None,
) -> None:
    said: dict[str, Any] = {"say": key, "with": values or {}}
    dispatcher.utter_message(json_message=said | ({"ticket": ticket} if ticket else {}))


def intent(tracker: Tracker) -> str:
    """The dialogue's intent, as the rules saw it."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def pressed_value(tracker: Tracker) -> str | None:
    """The value of the button that was pressed (`topic:value`)."""
    entities = tracker.latest_message.get("entities") or []
    return next((str(e["value"]) for e in entities if e.get("entity") == "valore"), None)


def text(tracker: Tracker) -> str:
    """What was written; of a message that asks for two things, what it asks of this one."""
    asks = tracker.latest_message.get("asks") or {}
    return str(asks.get(intent(tracker)) or whole_text(tracker))


def whole_text(tracker: Tracker) -> str:
    return str(tracker.latest_message.get("text") or "")
