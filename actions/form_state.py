"""What a conversation knows of one form: the turn, what was given, what its end empties."""

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.saying import intent, pressed_value, text
from italian.form_turns import Turn
from italian.forms import Form

SHARED = "modulo"  # the topic of the sentences that every form uses
Events = list[dict[str, Any]]


class OfForm:
    """One of the actions of one form; `called` is its name, with a place for the topic."""

    form: Form
    called: str

    def name(self) -> str:
        return self.called.format(self.form.topic)

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        raise NotImplementedError


def turn_of(form: Form, tracker: Tracker) -> Turn:
    asked = form.question(tracker.get_slot("requested_slot"))
    given = frozenset(fields_given(form, tracker))
    return Turn(intent(tracker), pressed_value(tracker), text(tracker), asked, given)


def fields_given(form: Form, tracker: Tracker) -> Mapping[str, str]:
    given = {name: tracker.get_slot(form.slot(name)) for name in form.fields}
    return {name: str(value) for name, value in given.items() if value is not None}


def cleared(form: Form) -> Events:
    slots = [*map(form.slot, form.questions), "requested_slot"]
    return [SlotSet(slot, None) for slot in slots]
