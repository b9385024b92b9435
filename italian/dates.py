"""Finds the day that a citizen means: ieri, lunedì scorso, il 3 marzo, due settimane fa."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from italian.normalise import normalise

MONTHS = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
]
WEEKDAYS = ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"]
NUMBERS = {
    word: value
    for value, words in enumerate(
        [
            "zero",
            "un uno una",
            "due",
            "tre",
            "quattro",
            "cinque",
            "sei",
            "sette",
            "otto",
            "nove",
            "dieci",
            "undici",
            "dodici",
        ]
    )
    for word in words.split()
}
NUMBERS |= {"quindici": 15, "venti": 20, "trenta": 30, "paio": 2, "primo": 1}
COUNT = r"(\d{1,3}|" + "|".join(NUMBERS) + ")"
MONTH = "(" + "|".join(month[:3] + "[a-z]*" for month in MONTHS) + ")"
CENTURY = 2000
DAYS_OF_UNIT = {"giorn": 1, "settiman": 7, "mes": 30, "ann": 365}
NOT_REMEMBERED = re.compile(
    r"\bnon (?:mi |me lo |lo |me la )?(?:ricord|so\b|saprei)|\bboh\b|\bnessuna idea\b"
    r"|\bnon (?:ne )?(?:sono|ho) (?:sicur|idea)"
)
Finder = Callable[[re.Match[str], date], date | None]


def unknown_day(text: str) -> bool:
    return bool(NOT_REMEMBERED.search(normalise(text)))


def find_day(text: str, *, today: date) -> date | None:
    """The day meant by the text, never later than today: a complaint is about what happened."""
    days = (day for day in _days(normalise(text), today) if day <= today)
    return next(days, None)


def later_day(text: str, *, today: date) -> date | None:
    """A day that is still to come, written so that it can be no other."""
    return next((day for day in _days(normalise(text), today) if day > today), None)


def impossible_day(text: str) -> bool:
    """Whether the text names a day that no calendar has, as 31 February."""
    plain = normalise(text)
    dated = ((pattern, finder) for pattern, finder in FINDERS if finder in DATED)
    return any(
        finder(found, LEAP_DAY) is None
        for pattern, finder in dated
        for found in pattern.finditer(plain)
    )


def _days(text: str, today: date) -> Iterator[date]:
    for pattern, finder in FINDERS:
        for found in pattern.finditer(text):
            day = finder(found, today)
            if day is not None:
                yield day


def _written(found: re.Match[str], today: date) -> date | None:
    day, month, year = found.groups()
    return _past(int(day), int(month), year, today)


def _named_month(found: re.Match[str], today: date) -> date | None:
    day, month, year = found.groups()
    number = next((n for n, name in enumerate(MONTHS, 1) if name.startswith(month)), None)
    return _past(_count(day), number, year, today) if number else None


def _past(day: int, month: int, year: str | None, today: date) -> date | None:
    """Without a year, the last time that this day came round."""
    try:
        if year:
            return date(int(year) + (CENTURY if int(year) < CENTURY else 0), month, day)
        this_year = date(today.year, month, day)
        return this_year if this_year <= today else this_year.replace(year=today.year - 1)
    except ValueError:
        return None


def _ago(found: re.Match[str], today: date) -> date:
    count, unit = found.groups()
    return today - timedelta(days=_count(count) * DAYS_OF_UNIT[unit])


def _weekday(found: re.Match[str], today: date) -> date:
    back = (today.weekday() - WEEKDAYS.index(found[1])) % 7
    return today - timedelta(days=back or 7)


def _day_of_month(found: re.Match[str], today: date) -> date | None:
    day, month_before = int(found[1]), today.replace(day=1) - timedelta(days=1)
    try:
        this_month = today.replace(day=day)
        return this_month if this_month <= today else month_before.replace(day=day)
    except ValueError:
        return None


def _count(word: str) -> int:
    return int(word) if word.isdecimal() else NUMBERS[word]


def _before(days: int) -> Finder:
    return lambda _, today: today - timedelta(days=days)


DATED = (_written, _named_month)
LEAP_DAY = date(2028, 2, 29)  # 29 February exists, when the year is not said
FINDERS: list[tuple[re.Pattern[str], Finder]] = [
    (re.compile(r"(?<![\d/])(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?(?![\d/])"), _written),
    (re.compile(rf"\b(\d{{1,2}}|primo) {MONTH}(?: (\d{{4}}))?\b"), _named_month),
    (
        re.compile(rf"\b{COUNT}(?: di)? (giorn|settiman|mes|ann)(?:[aeioi]{{1,2}}|ane) fa\b"),
        _ago,
    ),
    (re.compile(r"\b(?:l'altro ieri|altroieri|ieri l'altro|avantieri)\b"), _before(2)),
    (re.compile(r"\bieri\b"), _before(1)),
    (re.compile(r"\b(?:oggi|stamattina|stamani|stanotte|poco fa|adesso)\b"), _before(0)),
    (re.compile(r"\b(?:settimana (?:scorsa|passata)|scorsa settimana)\b"), _before(7)),
    (re.compile(r"\b(?:mese (?:scorso|passato)|scorso mese)\b"), _before(30)),
    (re.compile(rf"\b({'|'.join(WEEKDAYS)})\b"), _weekday),
    (
        re.compile(rf"\b(?:il|del|giorno) (\d{{1,2}})\b(?! ?(?:[:/.-]|minuti|ore|{MONTH}))"),
        _day_of_month,
    ),
]
