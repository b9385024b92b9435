"""What one turn of a citizen gives to an open form."""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from italian.fields import Reading, read_answer
from italian.form_corrections import find_taken_back
from italian.forms import CONFIRMATION, Field, Form
from italian.normalise import normalise

CONFIRMED = "confermato"
FILL = "compila"
ASK_AGAIN = Reading()
YES = re.compile(
    r"^(?:sì|si|ok|va bene|confermo|conferma|giusto|esatto|corretto|invia|perfetto)\b"
)
ASKS = re.compile(r"\?|\bcome (?:si|posso|faccio)\b|\bvorrei sapere\b")
A_STORY = 10  # words; a shorter beginning ("voglio fare un reclamo") tells nothing yet
CLOSED_KINDS = ("contact", "day", "period", "choice")
Answers = Mapping[str, Reading]


class Turn(NamedTuple):
    """What the citizen did: the dialogue's intent, the button's value, the text."""

    intent: str
    value: str | None
    text: str
    asked: str | None
    given: frozenset[str] = frozenset()


def answers(form: Form, turn: Turn, *, today: date) -> Answers:
    """What this turn says of which question; a reading without value asks for it again."""
    if turn.intent == form.topic and turn.value:
        return _button(form, turn)
    if turn.intent == form.begin and not turn.value:
        return _asked_again(turn) if turn.asked else _beginning(form, turn, today)
    if turn.intent == FILL:
        return _text(form, turn, today)
    if turn.asked == CONFIRMATION and turn.intent == "conferma":
        return {CONFIRMATION: Reading(CONFIRMED)}
    if turn.intent == "negazione" and turn.asked:
        return _refusal(form, turn, today)
    return {}


def is_correction(form: Form, turn: Turn, *, today: date) -> bool:
    return turn.intent in {FILL, "negazione"} and _taken_back(form, turn, today) is not None


def _button(form: Form, turn: Turn) -> Answers:
    """One that belongs to another question is pressed too late: the question comes again."""
    question, name = form.fields.get(turn.asked or ""), turn.value or ""
    if question and (choice := question.buttons.get(name)):
        return {question.name: Reading(choice.value)}
    if name in form.fields:
        return {name: ASK_AGAIN}
    return _asked_again(turn)


def _asked_again(turn: Turn) -> Answers:
    return {turn.asked: ASK_AGAIN} if turn.asked else {}


def _beginning(form: Form, turn: Turn, today: date) -> Answers:
    """A long first message is the story already; a choice may be in its words."""
    chosen = {
        field.name: read_answer(field, turn.text, today=today)
        for field in form.fields.values()
        if field.kind == "choice"
    }
    tells = len(turn.text.split()) >= A_STORY and not ASKS.search(normalise(turn.text))
    told = {f.name: Reading(turn.text) for f in form.fields.values() if tells and f.told}
    return {name: reading for name, reading in (chosen | told).items() if reading.value}


def _text(form: Form, turn: Turn, today: date) -> Answers:
    if corrected := _taken_back(form, turn, today):
        return corrected
    if turn.asked == CONFIRMATION:
        return _at_the_end(form, turn, today)
    question = form.fields.get(turn.asked or "")
    return {question.name: read_answer(question, turn.text, today=today)} if question else {}


def _taken_back(form: Form, turn: Turn, today: date) -> Answers | None:
    found = find_taken_back(form, turn.text, asked=turn.asked, given=turn.given, today=today)
    if found is None or found.field.name == turn.asked:
        return None
    return {found.field.name: read_answer(found.field, found.words, today=today)}


def _at_the_end(form: Form, turn: Turn, today: date) -> Answers:
    if YES.search(normalise(turn.text)):
        return {CONFIRMATION: Reading(CONFIRMED)}
    return _said_of_a_field(form, turn.text, today) or {CONFIRMATION: ASK_AGAIN}


def _said_of_a_field(form: Form, text: str, today: date) -> Answers:
    """Below the summary a bare day, number or choice replaces the one that was given."""
    for kind in CLOSED_KINDS:
        for field in (each for each in form.fields.values() if each.kind == kind):
            reading = read_answer(field, text, today=today)
            if reading.value and not _is_declined(field, reading):
                return {field.name: reading}
    return {}


def _is_declined(field: Field, reading: Reading) -> bool:
    """ "No, non qui" below the summary takes no contact away."""
    by_button = {choice.value for choice in field.buttons.values()}
    return field.kind != "choice" and reading.value in by_button


def _refusal(form: Form, turn: Turn, today: date) -> Answers:
    if corrected := _taken_back(form, turn, today):
        return corrected
    if turn.asked == CONFIRMATION:
        return {CONFIRMATION: ASK_AGAIN}
    question = form.fields.get(turn.asked or "")
    if question and question.kind == "contact":
        return {question.name: read_answer(question, "no", today=today)}
    return {}
