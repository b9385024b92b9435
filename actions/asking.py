"""Tells a question that names nothing ("il numero di un reparto?") from one that does."""

from typing import Any

from rasa_sdk import Tracker

from actions.saying import pressed_value, text
from italian.lemmas import lemmas
from italian.normalise import normalise
from italian.tokens import words

# Words of any question, in their dictionary form or not
COMMON = (
    "qual quale è essere il lo la i gli le l un uno una di del dello della dell dei"
    " delle a al alla all in nel nella con per da dal dalla mi mia mio ci vi si che"
    " chi come dove dov cosa dire dare dite dica dammi date serve servire volere vorrei voglio"
    " potere posso puoi dovere devo avere ho bisogno sapere trovare trova trovo favore per"
    " cortesia grazie buongiorno buonasera salve ciao scusi scusate o e"
)


def vocabulary(own: str) -> frozenset[str]:
    """The words that ask without naming: the common ones and a topic's own."""
    return frozenset(lemmas(words(f"{COMMON} {own}")))


def names_something(question: str, asking: frozenset[str]) -> bool:
    return any(word not in asking for word in lemmas(words(normalise(question))))


def means_something(tracker: Tracker, topic: str, asking: frozenset[str]) -> bool:
    """Whether the citizen chose, named or answered something, be it known or not."""
    named = names_something(text(tracker), asking)
    return pressed_value(tracker) is not None or named or is_answer(tracker, topic)


def is_answer(tracker: Tracker, topic: str) -> bool:
    """Whether the bot's last words were of this topic, and something was written after them."""
    said = [str(each.get("say", "")).partition(".")[0] for each in _last_said(tracker.events)]
    return topic in said and bool(text(tracker))


def _last_said(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the bot said between the citizen's last two messages."""
    heard = [number for number, each in enumerate(events) if each.get("event") == "user"]
    turn = events[slice(*heard[-2:])] if len(heard) > 1 else []
    return [
        (each.get("data") or {}).get("custom") or {} for each in turn if each.get("event") == "bot"
    ]
