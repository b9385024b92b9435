"""Finds the day that a question about opening hours means: domani, sabato, il 6 gennaio."""

import re
from datetime import date, timedelta

from italian.dates import MONTH, MONTHS, WEEKDAYS
from italian.normalise import normalise

NAMED = {"dopodomani": 2, "domani": 1, "oggi": 0}
# Italian holidays that people name instead of a date; Easter moves, the library knows it
FEASTS = {
    "capodanno": (1, 1),
    "epifania": (1, 6),
    "befana": (1, 6),
    "ferragosto": (8, 15),
    "ognissanti": (11, 1),
    "immacolata": (12, 8),
    "vigilia": (12, 24),
    "natale": (12, 25),
    "santo stefano": (12, 26),
}
DATE = re.compile(rf"\b(\d{{1,2}}|primo) {MONTH}\b")
WEEKDAY = re.compile(r"\b(" + "|".join(day[:-1] for day in WEEKDAYS) + r")[iìao]\b")


def find_coming_day(text: str, *, today: date) -> date | None:
    """The next such day, today included; None when the text names none."""
    plain = normalise(text)
    for name, ahead in NAMED.items():
        if re.search(rf"\b{name}\b", plain):
            return today + timedelta(days=ahead)
    return _feast(plain, today) or _dated(plain, today) or _weekday(plain, today)


def _feast(plain: str, today: date) -> date | None:
    for name, (month, day) in FEASTS.items():
        if re.search(rf"\b{name}\b", plain):
            return _next(month, day, today)
    return None


def _dated(plain: str, today: date) -> date | None:
    if not (match := DATE.search(plain)):
        return None
    number = 1 if match[1] == "primo" else int(match[1])
    month = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(match[2][:3]))
    return _next(month, number, today)


def _next(month: int, day: int, today: date) -> date | None:
    """None for a day that no calendar has, as 31 February."""
    for year in range(today.year, today.year + 9):  # 29 February comes within eight years
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _weekday(plain: str, today: date) -> date | None:
    if not (match := WEEKDAY.search(plain)):
        return None
    wanted = next(n for n, name in enumerate(WEEKDAYS) if name.startswith(match[1]))
    return today + timedelta(days=(wanted - today.weekday()) % 7)
