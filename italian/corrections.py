"""Recognises that a citizen takes back an earlier answer: "no, il giorno era martedì"."""

import re
from datetime import date
from typing import Literal, NamedTuple

from italian.contacts import find_contact
from italian.dates import find_day
from italian.normalise import normalise

Field = Literal["quando", "dove", "contatto"]
TAKES_BACK = re.compile(
    r"^(?:no[,. ]+|scusi[,. ]+|scusa[,. ]+|anzi\b|aspett[ai][,. ]+|ops\b)*"
    r"(?:anzi\b|mi correggo|correggo|correzione|ho sbagliato|mi sono sbagliat[oa]|volevo dire"
    r"|in realtà|non era\b"
    r"|(?:il |la |l'|le )(?:giorno|data|reparto|ambulatorio|posto|telefono|numero|mail|email"
    r"|e-mail|contatto|recapito|luogo)(?: non)?(?: era\b| (?:giust|corrett|esatt)[oa] (?:è|era)\b)"
    r"|era (?!stat)|è (?:successo|stato|accaduto)\b)|^(?:no[, ]+)(?=.*\b(?:era|non era|ma)\b)"
)
ABOUT: dict[Field, re.Pattern[str]] = {
    "quando": re.compile(r"\b(?:giorno|data|quando|successo|accaduto)\b"),
    "contatto": re.compile(r"\b(?:telefono|numero|e?-?mail|contatto|recapito|cellulare)\b"),
    "dove": re.compile(r"\b(?:reparto|ambulatorio|dove|posto|luogo|sportello)\b"),
}
PLACE = re.compile(
    r"(?:reparto|ambulatorio|posto|luogo|sportello)(?: giusto| corretto| esatto)?"
    r"(?: (?:era|è|di|in|quello di))+ (?:il |la |l'|lo )?(.+)$"
)
PLACE_ONLY = re.compile(r"\bera (?:in |il |la |l'|al |alla |nel |nella |a )(.+)$")


class Correction(NamedTuple):
    field: Field
    value: str


def find_correction(text: str, *, today: date) -> Correction | None:
    plain = normalise(text)
    if not TAKES_BACK.search(plain):
        return None
    if (contact := find_contact(text)) and not ABOUT["quando"].search(plain):
        return Correction("contatto", contact)
    if find_day(plain, today=today) and not ABOUT["dove"].search(plain):
        return Correction("quando", plain)
    place = PLACE.search(plain) or PLACE_ONLY.search(plain)
    return Correction("dove", place[1].strip(" .!")) if place else None
