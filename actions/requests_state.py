"""Where a citizen's request stands: one's own by asking, another by its name and reading key."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.lookups import ticket_states
from actions.saying import pressed_value, say, text

TOPIC = "stato_segnalazione"
NAME = re.compile(r"\bURP[ -]?(\d{2})[ -]?([0-9A-Z]{4})\b", re.IGNORECASE)
SIGN = "[0-9A-HJKMNP-TV-Z]"
KEY = re.compile(rf"\b{SIGN}{{5}}[ -]?{SIGN}{{4}}[ -]?{SIGN}{{4}}\b", re.IGNORECASE)
VARIANTS = {"open": "aperta", "taken": "in_lavorazione", "closed": "chiusa"}
ROME = ZoneInfo("Europe/Rome")
MOST_BUTTONS = 5


class StatoSegnalazione(Action):
    def name(self) -> str:
        return "action_stato_segnalazione"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        name, key = named(pressed_value(tracker) or text(tracker))
        tickets = await ticket_states(tracker.sender_id, name=name, key=key)
        if tickets:
            _tell(dispatcher, tickets)
        elif name:
            say(dispatcher, f"{TOPIC}.{_missing(key)}", values={"pratica": name})
        else:
            say(dispatcher, TOPIC)
        return []


def named(said: str) -> tuple[str | None, str | None]:
    """The request's name and reading key, however spaced and in whatever case."""
    name = NAME.search(said)
    if not name:
        return None, None
    key = KEY.search(said[: name.start()] + " " + said[name.end() :])
    return f"URP-{name[1]}-{name[2]}".upper(), key[0].upper() if key else None


def _missing(key: str | None) -> str:
    return "sconosciuta" if key else "chiave"


def _tell(dispatcher: CollectingDispatcher, tickets: list[dict[str, Any]]) -> None:
    if len(tickets) > 1:
        buttons = [_button(ticket["name"]) for ticket in tickets[:MOST_BUTTONS]]
        say(dispatcher, f"{TOPIC}.quale", values={"buttons": buttons})
        return
    ticket = tickets[0]
    values = {"pratica": ticket["name"], "data": _day(ticket)}
    say(dispatcher, f"{TOPIC}.{VARIANTS[ticket['state']]}", values=values)


def _button(name: str) -> dict[str, str]:
    return {"title": name, "payload": f"{TOPIC}:{name}"}


def _day(ticket: dict[str, Any]) -> str:
    """The day of opening, or of closing when it is closed."""
    moment = datetime.fromisoformat(ticket.get("closed_at") or ticket["opened_at"])
    return f"{moment.astimezone(ROME):%d/%m/%Y}"
