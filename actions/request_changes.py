"""A citizen's own request: a detail is added to it, or it is withdrawn. The service does it."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.lookups import ticket_states
from actions.saying import say

TOPIC = "stato_segnalazione"
DETAIL, CONFIRM = f"{TOPIC}.dettaglio", f"{TOPIC}.ritiro_conferma"
REFUSED = "richiesta_non_cambiata"
STEP = re.compile(r"(dettaglio|ritira|ritiro_si|ritiro_no)\.(URP-\d{2}-[0-9A-Z]{4})")
Button = dict[str, str]


def offers(tickets: list[dict[str, Any]]) -> list[Button]:
    """The two changes, when there is exactly one request that they can mean."""
    names = [ticket["name"] for ticket in tickets if ticket["changeable"]]
    if len(names) != 1:
        return []
    return [
        _button("Aggiungi un dettaglio", "dettaglio", names[0]),
        _button("Ritira la richiesta", "ritira", names[0]),
    ]


async def pressed(dispatcher: CollectingDispatcher, tracker: Tracker, value: str) -> bool:
    """Whether it was a button of a change; it is then answered."""
    if not (found := STEP.fullmatch(value)):
        return False
    step, name = found.groups()
    if step == "ritiro_si":
        withdraw(dispatcher, name)
    elif step == "ritiro_no":
        say(dispatcher, f"{TOPIC}.ritiro_no", values={"pratica": name})
    else:
        await _ask(dispatcher, tracker, step, name)
    return True


async def _ask(dispatcher: CollectingDispatcher, tracker: Tracker, step: str, name: str) -> None:
    """For the detail, or whether it is really to be withdrawn; not of a closed request."""
    if not offers(await ticket_states(tracker.sender_id, name=name)):
        say(dispatcher, REFUSED)
    elif step == "dettaglio":
        # Inside a form the next words belong to the form, which asks again after this
        key = f"{TOPIC}.dettaglio_dopo" if tracker.active_loop_name else DETAIL
        say(dispatcher, key, values={"pratica": name})
    else:
        buttons = [
            _button("Sì, la ritiri", "ritiro_si", name),
            _button("No, resti aperta", "ritiro_no", name),
        ]
        say(dispatcher, CONFIRM, values={"pratica": name, "buttons": buttons})


class CambiaRichiesta(Action):
    """The citizen's words in answer to `_ask`: the detail itself, or a yes."""

    def name(self) -> str:
        return "action_cambia_richiesta"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        asked = _last_said(tracker)
        name = str((asked.get("with") or {}).get("pratica"))
        if asked.get("say") == DETAIL:
            say(dispatcher, f"{TOPIC}.dettaglio_aggiunto", **_wish("dettaglio", name))
        elif asked.get("say") == CONFIRM:
            withdraw(dispatcher, name)
        else:
            say(dispatcher, REFUSED)
        return []


def withdraw(dispatcher: CollectingDispatcher, name: str) -> None:
    say(dispatcher, f"{TOPIC}.ritirata", **_wish("ritiro", name))


def _wish(kind: str, name: str) -> dict[str, Any]:
    fields = {"pratica": name}
    ticket = {"kind": kind, "reason": "richiesta", "topic": TOPIC, "fields": fields}
    return {"values": fields, "ticket": ticket}


def _last_said(tracker: Tracker) -> dict[str, Any]:
    """What the bot said last before this message: its key and values."""
    events = list(tracker.events)
    while events and events.pop()["event"] != "user":
        pass
    for event in reversed(events):
        if event["event"] == "user":
            break
        if event["event"] == "bot" and (said := (event.get("data") or {}).get("custom")):
            return dict(said)
    return {}


def _button(title: str, step: str, name: str) -> Button:
    return {"title": title, "payload": f"{TOPIC}:{step}.{name}"}
