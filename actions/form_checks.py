"""Takes each answer of a form as it comes: read, checked, and correctable at any time."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.form_state import SHARED, Events, OfForm, turn_of
from actions.lookups import LookUpFailed, find_wards
from actions.saying import say
from italian.fields import Reading
from italian.form_turns import answers, is_correction
from italian.forms import Field, Form

ROME = ZoneInfo("Europe/Rome")
LONGEST_NAME = 4  # words; who tells more of a place ("in sala d'attesa di …") keeps them
Values = Mapping[str, str | None]


def today() -> date:
    return datetime.now(ROME).date()


class CheckAnswers(OfForm):
    """Sets what the turn gives; no other slot, so that the rules may answer what is none."""

    called = "validate_{}_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = turn_of(self.form, tracker)
        readings = answers(self.form, turn, today=today())
        if not readings:
            return []
        values = {name: await _value(self.form, name, each) for name, each in readings.items()}
        if is_correction(self.form, turn, today=today()):
            _tell_corrected(dispatcher, self.form, values)
        elif turn.text:
            _tell_faults(dispatcher, self.form, readings)
        return [SlotSet(self.form.slot(name), value) for name, value in values.items()]


async def _value(form: Form, name: str, reading: Reading) -> str | None:
    field = form.fields.get(name)
    is_place = field is not None and field.kind == "place" and not _is_button(field, reading)
    return await _place(reading.value) if is_place and reading.value else reading.value


def _is_button(field: Field, reading: Reading) -> bool:
    return any(choice.value == reading.value for choice in field.buttons.values())


async def _place(said: str) -> str:
    """The directory's name when it is surely meant; else, or without it, the citizen's words."""
    try:
        wards, sure = await find_wards(said)
    except LookUpFailed:
        return said
    if not wards or not sure:
        return said
    ward = str(wards[0]["name"])
    return ward if len(said.split()) <= LONGEST_NAME else f"{said} ({ward})"


def _tell_corrected(dispatcher: CollectingDispatcher, form: Form, values: Values) -> None:
    for name, value in values.items():
        if value:
            corrected: dict[str, Any] = {"campo": form.fields[name].title, "valore": value}
            say(dispatcher, f"{form.topic}.corretto", values=corrected)


def _tell_faults(
    dispatcher: CollectingDispatcher, form: Form, readings: Mapping[str, Reading]
) -> None:
    for name, reading in readings.items():
        if name in form.fields and not reading.value:
            shared = f"{SHARED}.{reading.fault}"
            say(dispatcher, shared if reading.fault else f"{form.topic}.{name}_non_valido")
