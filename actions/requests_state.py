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
STATES = {"open": "in attesa di un operatore", "taken": "in lavorazione", "closed": "chiusa"}
ROME = ZoneInfo("Europe/Rome")


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
        else:
            say(dispatcher, f"{TOPIC}.{'chiave_sbagliata' if key else 'nessuna'}")
        return []


def named(said: str) -> tuple[str | None, str | None]:
    """The request's name and reading key, however spaced and in whatever case."""
    name = NAME.search(said)
    if not name:
        return None, None
    key = KEY.search(said[: name.start()] + " " + said[name.end() :])
    return f"URP-{name[1]}-{name[2]}".upper(), key[0].upper() if key else None


def _tell(dispatcher: CollectingDispatcher, tickets: list[dict[str, Any]]) -> None:
    if len(tickets) == 1:
        say(dispatcher, f"{TOPIC}.trovata", values=_values(tickets[0]))
        return
    lines = ["{pratica} (aperta il {aperta}): {stato}".format(**_values(t)) for t in tickets]
    say(dispatcher, f"{TOPIC}.piu_di_una", values={"elenco": "; ".join(lines)})


def _values(ticket: dict[str, Any]) -> dict[str, Any]:
    opened = datetime.fromisoformat(ticket["opened_at"]).astimezone(ROME)
    return {
        "pratica": ticket["name"],
        "aperta": f"{opened:%d/%m/%Y}",
        "stato": STATES[ticket["state"]],
    }
