"""What happens at the end of a form: summary, sent, given up, left for a person."""

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.form_state import Events, OfForm, cleared, fields_given
from actions.saying import intent, pressed_value, say
from italian.forms import CORRECT, Form

# The other topics that end a form have words of their own that matter more
TO_A_PERSON = frozenset({"parla_con_operatore", "non_risolto"})
Buttons = list[dict[str, str]]


class AskConfirmation(OfForm):
    called = "action_ask_{}_conferma"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        form = self.form
        if intent(tracker) == "negazione" or pressed_value(tracker) == CORRECT:
            say(dispatcher, f"{form.topic}.conferma_non_capita", values={"buttons": _fields(form)})
        else:
            values = {**fields_given(form, tracker), "buttons": _choices(form)}
            say(dispatcher, f"{form.topic}.riepilogo", values=values)
        return []


class Sent(OfForm):
    called = "action_{}_inviato"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        form, given = self.form, fields_given(self.form, tracker)
        ticket = {"kind": form.ticket, "reason": "modulo", "topic": form.topic, "fields": given}
        say(dispatcher, f"{form.topic}.inviato", ticket=ticket)
        return cleared(form)


class GivenUp(OfForm):
    called = "action_{}_annullato"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        say(dispatcher, f"{self.form.topic}.annullato")
        return cleared(self.form)


class Left(OfForm):
    """Leaves the form for what matters more; the ticket carries what was told so far."""

    called = "action_lascia_{}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        form, topic = self.form, intent(tracker)
        ticket = domain["responses"][f"utter_{topic}"][0]["custom"]["ticket"]
        told = {"topic": form.topic, "fields": fields_given(form, tracker)}
        key = f"{form.topic}.interrotto" if topic in TO_A_PERSON else topic
        say(dispatcher, key, ticket={**ticket, **told})
        return cleared(form)


def _choices(form: Form) -> Buttons:
    return [
        {"title": "Conferma", "payload": "conferma"},
        {"title": "Correggi", "payload": form.button(CORRECT)},
        {"title": "Annulla", "payload": "annulla"},
    ]


def _fields(form: Form) -> Buttons:
    return [
        {"title": field.title, "payload": form.button(field.name)}
        for field in form.fields.values()
    ]
