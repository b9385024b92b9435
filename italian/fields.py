"""Reads the answer to one question of a form: what is kept, or why it cannot be taken."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from italian.coming_days import find_coming_day
from italian.contacts import find_contact
from italian.dates import MONTHS, find_day, impossible_day, later_day, unknown_day
from italian.forms import Choice, Field
from italian.hidden import ANY_HIDDEN
from italian.normalise import normalise

NO_WORDS = "senza_parole"
IMPOSSIBLE = "giorno_impossibile"
IN_THE_FUTURE = "giorno_futuro"
FEWEST_LETTERS = 3
NO_CONTACT = re.compile(
    r"^(?:no|nessun[oa]?|niente|anonim[oa])\b|\bchat\b|\bqui\b|non (?:voglio|ho|lascio|desidero)"
    r"|\bpreferisco (?:di no|non)|\bin forma anonima\b|\bsenza recapito\b"
)
FROM_TO = re.compile(r"\b(?:dal|dall'|da)\b.+\b(?:al|all'|a)\b")
MONTH_OR_YEAR = re.compile(
    rf"\b({'|'.join(MONTHS)})\b(?: (?:del )?((?:19|20)\d\d))?|\b((?:19|20)\d\d)\b"
)


Span = tuple[int, int]


class Reading(NamedTuple):
    """`fault` names the sentence that tells why; without both, nothing was understood."""

    value: str | None = None
    fault: str | None = None


def read_answer(field: Field, text: str, *, today: date) -> Reading:
    return READERS[field.kind](field, text, today)


def _words(field: Field, text: str, _: date) -> Reading:
    told, plain = text.strip(), normalise(text).strip(" .!")
    for choice in field.buttons.values():
        if plain in _meaning(choice):
            return Reading(choice.value)
    letters = sum(letter.isalpha() for letter in ANY_HIDDEN.sub("", told))
    return Reading(told) if letters >= FEWEST_LETTERS else Reading(fault=NO_WORDS)


def _choice(field: Field, text: str, _: date) -> Reading:
    """The one that is named; "posta elettronica" is not also "posta"."""
    plain = normalise(text)
    named = [(found, each) for each in field.buttons.values() if (found := _named(each, plain))]
    meant = [each for found, each in named if not _is_covered(found, [span for span, _ in named])]
    return Reading(meant[0].value) if len(meant) == 1 else Reading()


def _named(choice: Choice, plain: str) -> Span | None:
    """Where the choice's longest words stand."""
    longest_first = sorted(_meaning(choice), key=len, reverse=True)
    searches = (re.search(rf"(?<!\w){re.escape(each)}(?!\w)", plain) for each in longest_first)
    return next((found.span() for found in searches if found), None)


def _is_covered(span: Span, others: Iterable[Span]) -> bool:
    start, end = span
    return any(
        other[0] < end and start < other[1] and other[1] - other[0] > end - start
        for other in others
    )


def _meaning(choice: Choice) -> list[str]:
    return [normalise(words) for words in (choice.title, *choice.words)]


def _day(field: Field, text: str, today: date) -> Reading:
    if found := find_day(text, today=today):
        return Reading(f"{found:%d/%m/%Y}")
    if unknown_day(text) and field.buttons:
        return Reading(_declined(field))
    return Reading(fault=_wrong_day(text, today))


def _wrong_day(text: str, today: date) -> str | None:
    if impossible_day(text):
        return IMPOSSIBLE
    later = later_day(text, today=today) or find_coming_day(text, today=today)
    return IN_THE_FUTURE if later else None


def _period(field: Field, text: str, today: date) -> Reading:
    """A span, a month or a year stay in the citizen's words."""
    day = _day(field, text, today)
    plain = normalise(text)
    if day.value and FROM_TO.search(plain) and not unknown_day(text):
        return Reading(text.strip())
    if day != Reading() and day.fault != IN_THE_FUTURE:
        return day
    return _month(text, plain, today) or day


def _month(text: str, plain: str, today: date) -> Reading | None:
    if not (found := MONTH_OR_YEAR.search(plain)):
        return None
    name, of_year, alone = found.groups()
    year = int(of_year or alone or today.year)
    month = MONTHS.index(name) + 1 if name else 1
    begun = not (of_year or alone) or (year, month) <= (today.year, today.month)
    return Reading(text.strip()) if begun else Reading(fault=IN_THE_FUTURE)


def _contact(field: Field, text: str, _: date) -> Reading:
    if found := find_contact(text):
        return Reading(found)
    return Reading(_declined(field) if NO_CONTACT.search(normalise(text)) else None)


def _declined(field: Field) -> str | None:
    """Who cannot or will not answer means the button, if there is one."""
    return next((choice.value for choice in field.buttons.values()), None)


READERS: dict[str, Callable[[Field, str, date], Reading]] = {
    "text": _words,
    "place": _words,
    "choice": _choice,
    "day": _day,
    "period": _period,
    "contact": _contact,
}
