"""What happens at the end of a complaint: summary, sent, given up, left for a person."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.complaint_answers import FIELDS, TOPIC
from actions.complaint_form import PREFIX
from actions.saying import intent, pressed_value, say

CORRECT = {"title": "Correggi", "payload": "reclamo:correggi"}
CHOICES = [
    {"title": "Conferma", "payload": "conferma"},
    CORRECT,
    {"title": "Annulla", "payload": "annulla"},
]
FIELD_BUTTONS = [
    {"title": "Che cosa è successo", "payload": "reclamo:cosa"},
    {"title": "Dove", "payload": "reclamo:dove"},
    {"title": "Quando", "payload": "reclamo:quando"},
    {"title": "Recapito", "payload": "reclamo:contatto"},
]
# The other topics that end a form have words of their own that matter more
TO_A_PERSON = frozenset({"parla_con_operatore", "non_risolto"})
Events = list[dict[str, Any]]


class AskReclamoConferma(Action):
    def name(self) -> str:
        return "action_ask_reclamo_conferma"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        if intent(tracker) == "negazione" or pressed_value(tracker) == "correggi":
            say(dispatcher, "reclamo.conferma_non_capita", values={"buttons": FIELD_BUTTONS})
        else:
            values = {**fields_given(tracker), "buttons": CHOICES}
            say(dispatcher, "reclamo.riepilogo", values=values)
        return []


class ReclamoInviato(Action):
    def name(self) -> str:
        return "action_reclamo_inviato"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        ticket = {
            "kind": "reclamo",
            "reason": "modulo",
            "topic": TOPIC,
            "fields": fields_given(tracker),
        }
        say(dispatcher, "reclamo.inviato", ticket=ticket)
        return cleared()


class ReclamoAnnullato(Action):
    def name(self) -> str:
        return "action_reclamo_annullato"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        say(dispatcher, "reclamo.annullato")
        return cleared()


class LasciaModulo(Action):
    """Leaves the form for what matters more; the ticket carries what was told so far."""

    def name(self) -> str:
        return "action_lascia_modulo"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        topic = intent(tracker)
        ticket = domain["responses"][f"utter_{topic}"][0]["custom"]["ticket"]
        told = {"topic": TOPIC, "fields": fields_given(tracker)}
        key = "reclamo.interrotto" if topic in TO_A_PERSON else topic
        say(dispatcher, key, ticket={**ticket, **told})
        return cleared()


def fields_given(tracker: Tracker) -> dict[str, str]:
    given = {field: tracker.get_slot(PREFIX + field) for field in FIELDS}
    return {field: str(value) for field, value in given.items() if value is not None}


def cleared() -> Events:
    slots = [*(PREFIX + field for field in (*FIELDS, "conferma")), "requested_slot"]
    return [SlotSet(slot, None) for slot in slots]
