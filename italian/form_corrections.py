"""Finds which earlier answer of a form a citizen takes back, and with what words."""

import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from italian.contacts import find_contact
from italian.corrections import find_correction
from italian.fields import read_answer
from italian.forms import Field, Form
from italian.normalise import normalise

TAKEN_BACK = re.compile(
    r"^(?:(?:no|scus[ia]|anzi|aspett[ai]|ops|mi correggo|correggo|correzione|mi sono sbagliat[oa]"
    r"|ho sbagliato|volevo dire|in realtà)\b[,.:; ]*)+"
)
# Said before a choice's word in the middle of a story, a mere "no" is not enough
MISTAKEN = re.compile(r"\b(?:anzi|mi correggo|correggo|correzione|sbagliat[oa]|volevo dire)\b")
KINDS = {"quando": ("day", "period"), "dove": ("place",), "contatto": ("contact",)}


class TakenBack(NamedTuple):
    field: Field
    words: str


def find_taken_back(
    form: Form, text: str, *, asked: str | None, given: Collection[str], today: date
) -> TakenBack | None:
    """Only what was answered can be corrected; a story's words ("il reparto era sporco") are not.

    Where any words may be the answer, a correction says that it is one: "no, …", "mi correggo …".
    """
    plain = normalise(text)
    question = form.fields.get(asked or "")
    outright = TAKEN_BACK.search(plain)
    for found in _candidates(form, text, plain, question, today):
        if found.field is question:
            return found
        if found.field.name in given and (outright or not (question and question.is_free)):
            return found
    return None


def _candidates(
    form: Form, text: str, plain: str, question: Field | None, today: date
) -> Iterator[TakenBack]:
    yield from _named(form, plain)
    if correction := find_correction(text, today=today):
        kinds = KINDS[correction.field]
        same = (field for field in form.fields.values() if field.kind in kinds)
        yield from (TakenBack(field, correction.value) for field in same)
    back = TAKEN_BACK.search(plain)
    if back and question and question.is_free:
        back = MISTAKEN.search(back[0])
    if back and not _answers(question, text, today):
        yield from _chosen(form, text, today)


def _named(form: Form, plain: str) -> Iterator[TakenBack]:
    """«la visita era …», by the field's own words; "è stata rimandata" tells what happened."""
    rest = TAKEN_BACK.sub("", plain)
    for field in form.fields.values():
        words = "|".join(map(re.escape, field.said))
        pattern = (
            rf"(?:il |la |l'|lo )?(?:{words})(?: giust[oa]| corrett[oa])? (?:era|è) (?!stat)(.+)"
        )
        if words and (found := re.match(pattern, rest)):
            yield TakenBack(field, found[1].strip(" .!"))


def _chosen(form: Form, text: str, today: date) -> Iterator[TakenBack]:
    for field in form.fields.values():
        if field.kind == "choice" and read_answer(field, text, today=today).value:
            yield TakenBack(field, text)


def _answers(question: Field | None, text: str, today: date) -> bool:
    """ "No, …" is an answer to the contact's question too: only a contact counts there."""
    if question is None or question.is_free:
        return False
    if question.kind == "contact":
        return find_contact(text) is not None
    return read_answer(question, text, today=today).value is not None
