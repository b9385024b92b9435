"""The complaint's form: every answer read, checked and correctable at any time."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import complaint_answers
from actions.complaint_answers import Turn, answers, is_correction
from actions.lookups import LookUpFailed, find_wards
from actions.saying import intent, pressed_value, say, text

PREFIX = "reclamo_"
LABELS = {"dove": "il luogo è", "quando": "la data è", "contatto": "il contatto è"}
ROME = ZoneInfo("Europe/Rome")
Slots = dict[str, Any]


def today() -> date:
    return datetime.now(ROME).date()


def turn_of(tracker: Tracker) -> Turn:
    asked = tracker.get_slot("requested_slot")
    field = asked.removeprefix(PREFIX) if asked else None
    return Turn(intent(tracker), pressed_value(tracker), text(tracker), field)


class ValidateReclamoForm(FormValidationAction):
    def name(self) -> str:
        return "validate_reclamo_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        corrected = is_correction(turn_of(tracker), today=today())
        events: list[dict[str, Any]] = await super().run(dispatcher, tracker, domain)
        for event in events if corrected else ():
            if event.get("value"):
                field = LABELS[event["name"].removeprefix(PREFIX)]
                say(dispatcher, "reclamo.corretto", values={"campo": f"{field} {event['value']}"})
        return events

    def extract_reclamo_cosa(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        return _given("cosa", tracker)

    def extract_reclamo_dove(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        return _given("dove", tracker)

    def extract_reclamo_quando(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        return _given("quando", tracker)

    def extract_reclamo_contatto(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        return _given("contatto", tracker)

    def extract_reclamo_conferma(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        return _given("conferma", tracker)

    def validate_reclamo_cosa(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        return {"reclamo_cosa": complaint_answers.event(value) if value else None}

    async def validate_reclamo_dove(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        return {"reclamo_dove": await _place(value) if value else None}

    def validate_reclamo_quando(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        day = complaint_answers.day(value, today=today()) if value else None
        if value and not day:
            say(dispatcher, "reclamo.quando_non_valido")
        return {"reclamo_quando": day}

    def validate_reclamo_contatto(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        contact = complaint_answers.contact(value) if value else None
        if value and not contact:
            say(dispatcher, "reclamo.contatto_non_valido")
        return {"reclamo_contatto": contact}

    def validate_reclamo_conferma(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Slots:
        return {"reclamo_conferma": value}


def _given(field: str, tracker: Tracker) -> Slots:
    found = answers(turn_of(tracker), today=today())
    return {PREFIX + field: found[field]} if field in found else {}


async def _place(said: str) -> str:
    """The directory's name when it is surely meant; else, or without it, the citizen's words."""
    try:
        wards, sure = await find_wards(said)
    except LookUpFailed:
        return said.strip()
    return str(wards[0]["name"]) if wards and sure else said.strip()
