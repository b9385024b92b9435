"""What a text means while a form is open."""

import re
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlu.parse import Parse, asked_topic
from italian.contacts import find_contact
from italian.form_turns import Turn, answers, is_correction
from italian.forms import Form, read_forms
from italian.normalise import normalise

FILL = "compila"
ALWAYS_HEARD = frozenset(
    {"emergenza", "crisi_psicologica", "annulla", "parla_con_operatore", "aiuto"}
)
QUESTION = re.compile(
    r"\?|^(?:scusi |scusa |ma |e |intanto |prima )*(?:come|dove|dov'|quando|quanto|quant'|quale"
    r"|qual|chi|posso|si può|potrei|avete|c'è|mi dice|mi dite|vorrei sapere|mi serve sapere)\b"
)
LONGEST_QUESTION = 18
ROME = ZoneInfo("Europe/Rome")


def form_of(tracker: DialogueStateTracker | None) -> Form | None:
    name = tracker.active_loop_name if tracker is not None else None
    return next((form for form in read_forms().values() if form.loop == name), None)


def inside_form(parse: Parse, tracker: DialogueStateTracker, form: Form) -> str:
    topic, sure = asked_topic(parse), parse["verdict"] == "answer"
    if sure and topic in ALWAYS_HEARD:
        return topic
    asked = form.question(tracker.get_slot("requested_slot"))
    given = frozenset(name for name in form.fields if tracker.get_slot(form.slot(name)))
    turn = Turn(FILL, None, parse["text"], asked, given)
    if _answers(form, turn):
        return FILL
    if asked in form.fields and form.fields[asked].is_free:
        return topic if sure and parse.get("very_sure") and asks(parse["text"]) else FILL
    return topic if sure else FILL


def _answers(form: Form, turn: Turn) -> bool:
    """Whether a text answers the question that is open, or takes back an earlier answer."""
    today = datetime.now(timezone.utc).astimezone(ROME).date()
    if is_correction(form, turn, today=today):
        return True
    question = form.fields.get(turn.asked or "")
    if question and question.kind == "contact":
        return find_contact(turn.text) is not None
    if (question and question.is_free) or asks(turn.text):
        return False
    readings = answers(form, turn, today=today).values()
    return any(reading.value or reading.fault for reading in readings)


def asks(text: str) -> bool:
    plain = normalise(text)
    return len(plain.split()) <= LONGEST_QUESTION and QUESTION.search(plain) is not None
