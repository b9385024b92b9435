"""What the bot said last, read off the tracker."""

from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

UNSURE_ACTIONS = frozenset({"utter_scelta", "utter_non_capito"})


def last_said(tracker: DialogueStateTracker) -> str:
    """The key of what the bot said last, since the citizen's message before this one."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, BotUttered) and (said := (event.data or {}).get("custom")):
            return str(said.get("say"))
    return ""


def last_answered(tracker: DialogueStateTracker) -> str | None:
    """The topic that the bot's last turn answered."""
    said: set[str] = set()
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return event.intent_name if event.intent_name in said else None
        if isinstance(event, BotUttered) and (custom := (event.data or {}).get("custom")):
            said.add(custom.get("say"))
    return None


def was_unsure(tracker: DialogueStateTracker) -> bool:
    """Whether the bot's last turn was already an offer or "I did not understand"."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            return False
        if isinstance(event, ActionExecuted) and event.action_name in UNSURE_ACTIONS:
            return True
    return False
