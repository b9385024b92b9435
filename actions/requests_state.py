"""Where a citizen's request stands: one's own by asking, another by its name and reading key."""

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import request_changes
from actions.lookups import ticket_states
from actions.saying import pressed_value, say, text

TOPIC = "stato_segnalazione"
NAME = re.compile(r"\bURP[ -]?(\d{2})[ -]?([0-9A-Z]{4})\b", re.IGNORECASE)
SIGN = "[0-9A-HJKMNP-TV-Z]"
KEY = re.compile(rf"\b{SIGN}{{5}}[ -]?{SIGN}{{4}}[ -]?{SIGN}{{4}}\b", re.IGNORECASE)
STATES = {
    "open": "in attesa di un operatore",
    "taken": "in lavorazione",
    "closed": "chiusa",
    "withdrawn": "ritirata",
}
# A complaint, by where it stands among its legal terms
STAGES = {
    "waiting": "reclamo_in_attesa",
    "late_start": "reclamo_avvio_in_ritardo",
    "started": "reclamo_in_esame",
    "late_answer": "reclamo_in_ritardo",
    "answered": "reclamo_risposto",
}
LATE = frozenset({"late_start", "late_answer"})
PERSON = {"title": "Parla con una persona", "payload": "parla_con_operatore"}
ROME = ZoneInfo("Europe/Rome")


class StatoSegnalazione(Action):
    def name(self) -> str:
        return "action_stato_segnalazione"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        value = pressed_value(tracker)
        if value and await request_changes.pressed(dispatcher, tracker, value):
            return []
        name, key = named(value or text(tracker))
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
    buttons = request_changes.offers(tickets)
    if len(tickets) == 1:
        _tell_one(dispatcher, tickets[0], buttons)
        return
    lines = ["{pratica} (aperta il {aperta}): {stato}".format(**_values(t)) for t in tickets]
    values = {"elenco": "; ".join(lines)}
    say(dispatcher, f"{TOPIC}.piu_di_una", values=_with(values, buttons))


def _tell_one(
    dispatcher: CollectingDispatcher, ticket: dict[str, Any], buttons: list[dict[str, str]]
) -> None:
    variant = STAGES.get(ticket["stage"])
    if variant is None:
        say(dispatcher, f"{TOPIC}.trovata", values=_with(_values(ticket), buttons))
        return
    offered = [*buttons, PERSON] if ticket["stage"] in LATE else buttons
    say(dispatcher, f"{TOPIC}.{variant}", values=_with(_terms(ticket), offered))


def _with(values: dict[str, Any], buttons: list[dict[str, str]]) -> dict[str, Any]:
    return values | ({"buttons": buttons} if buttons else {})


def _terms(ticket: dict[str, Any]) -> dict[str, str]:
    days = {
        "avvio": ticket["start_by"],
        "risposta": ticket["answer_by"],
        "risposto": ticket["answered_on"],
        "riesame": ticket["review_by"],
    }
    said = {name: f"{date.fromisoformat(day):%d/%m/%Y}" for name, day in days.items() if day}
    values = _values(ticket)
    return {
        "pratica": values["pratica"],
        "aperta": values["aperta"],
        "nota": ticket["caveat"],
    } | said


def _values(ticket: dict[str, Any]) -> dict[str, Any]:
    opened = datetime.fromisoformat(ticket["opened_at"]).astimezone(ROME)
    return {
        "pratica": ticket["name"],
        "aperta": f"{opened:%d/%m/%Y}",
        "stato": STATES[ticket["state"]],
    }
