"""Reads a citizen's answers to the questions of a complaint."""

import re
from datetime import date
from typing import NamedTuple

from italian.contacts import find_contact
from italian.corrections import find_correction
from italian.dates import find_day, unknown_day
from italian.normalise import normalise

TOPIC = "reclamo"
FIELDS = ("cosa", "dove", "quando", "contatto")
CONFIRMED = "confermato"
NOT_REMEMBERED = "non ricordo"
IN_CHAT = "in questa chat"
BUTTONS = {"non_ricordo": ("quando", NOT_REMEMBERED), "chat": ("contatto", IN_CHAT)}
NO_CONTACT = re.compile(
    r"^(?:no|nessun[oa]?|niente|anonim[oa])\b|\bchat\b|\bqui\b|non (?:voglio|ho|lascio|desidero)"
    r"|\bpreferisco (?:di no|non)|\bin forma anonima\b"
)
YES = re.compile(
    r"^(?:sì|si|ok|va bene|confermo|conferma|giusto|esatto|corretto|invia|perfetto)\b"
)
ASKS = re.compile(r"\?|\bcome (?:si|posso|faccio)\b|\bvorrei sapere\b")
A_STORY = 10  # words; a shorter beginning ("voglio fare un reclamo") tells nothing yet
SHORTEST = 3
Answers = dict[str, str | None]


class Turn(NamedTuple):
    """What the citizen did: the dialogue's intent, the button's value, the text."""

    intent: str
    value: str | None
    text: str
    asked: str | None


def answers(turn: Turn, *, today: date) -> Answers:
    """The fields that this turn gives; None asks for a field again."""
    if turn.intent == TOPIC:
        return _button(turn) if turn.value else _beginning(turn)
    if turn.intent == "compila":
        return _text(turn, today)
    if turn.asked == "conferma" and turn.intent in {"conferma", "negazione"}:
        return {"conferma": CONFIRMED if turn.intent == "conferma" else None}
    if turn.asked == "contatto" and turn.intent == "negazione":
        return {"contatto": IN_CHAT}
    return {}


def is_correction(turn: Turn, *, today: date) -> bool:
    return turn.intent == "compila" and find_correction(turn.text, today=today) is not None


def _button(turn: Turn) -> Answers:
    if turn.value in FIELDS:
        return {turn.value: None}
    field, answer = BUTTONS.get(turn.value or "", (turn.asked, None))
    if field is None:
        return {}
    return {field: answer} if field == turn.asked else {turn.asked: None} if turn.asked else {}


def _beginning(turn: Turn) -> Answers:
    if turn.asked:
        return {turn.asked: None}
    tells = len(turn.text.split()) >= A_STORY and not ASKS.search(normalise(turn.text))
    return {"cosa": turn.text} if tells else {}


def _text(turn: Turn, today: date) -> Answers:
    if correction := find_correction(turn.text, today=today):
        return {correction.field: correction.value}
    if turn.asked == "conferma":
        return _at_the_end(turn.text, today)
    return {turn.asked: turn.text} if turn.asked else {}


def _at_the_end(text: str, today: date) -> Answers:
    if YES.search(normalise(text)):
        return {"conferma": CONFIRMED}
    if contact := find_contact(text):
        return {"contatto": contact}
    return {"quando": text} if find_day(text, today=today) else {"conferma": None}


def event(text: str) -> str | None:
    told = text.strip()
    return told if sum(letter.isalpha() for letter in told) >= SHORTEST else None


def day(text: str, *, today: date) -> str | None:
    if found := find_day(text, today=today):
        return f"{found:%d/%m/%Y}"
    return NOT_REMEMBERED if unknown_day(text) else None


def contact(text: str) -> str | None:
    return find_contact(text) or (IN_CHAT if NO_CONTACT.search(normalise(text)) else None)
