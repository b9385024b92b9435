"""What is said of a desk's hours, for the moment of asking or for a day."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from handoff.knowledge.desks import Desk
from handoff.knowledge.hours import DAYS, ROME, Hours, Status
from italian.coming_days import find_coming_day
from italian.dates import MONTHS, WEEKDAYS

Told = dict[str, Any]
NAMES = dict(zip(DAYS, WEEKDAYS, strict=True))


def told(desk: Desk, moment: datetime, *, question: str = "") -> Told:
    """A desk and its hours in words: now, all week, and on the day that a question names."""
    today = moment.astimezone(ROME).date()
    day = find_coming_day(question, today=today)
    return {
        "id": desk.id,
        "name": desk.name,
        "site_name": desk.site_name,
        "sample": desk.sample,
        "now": now(desk.hours, moment),
        "day": on(desk.hours, day, today) if day else None,
        "week": week(desk.written),
    }


def now(hours: Hours, moment: datetime) -> str:
    """Adesso è aperto, fino alle 13. · Adesso è chiuso. Riapre lunedì 30 novembre alle 8."""
    status, today = hours.at(moment), moment.astimezone(ROME).date()
    if status.open:
        return _open(status, today)
    why = f": {status.why}" if status.why else ""
    return f"Adesso è chiuso{why}.{_reopens(status, today)}"


def on(hours: Hours, day: date, today: date) -> str:
    """Domani, martedì 8 dicembre, è chiuso: Immacolata Concezione."""
    openings, why = hours.on(day), hours.why_closed(day)
    if not openings:
        reason = f": {why}" if why else ""
        return f"{_capital(_day(day, today))} è chiuso{reason}."
    spans = [f"{_at(start)}–{_at(end)}" for start, end in openings]
    return f"{_capital(_day(day, today))} è aperto: {' e '.join(spans)}."


def week(written: Mapping[str, str]) -> str:
    """lunedì-venerdì 8–13 e 14:30–17; sabato 8–12"""
    return "; ".join(f"{_span(days)} {_intervals(hours)}" for days, hours in written.items())


def _open(status: Status, today: date) -> str:
    if status.until is None:
        return "Adesso è aperto: 24 ore su 24."
    local = status.until.astimezone(ROME)
    when = "" if local.date() == today else f" di {_day(local.date(), today).rstrip(',')}"
    return f"Adesso è aperto, fino {_to(local)}{when}."


def _reopens(status: Status, today: date) -> str:
    if status.opens is None:
        return ""
    local = status.opens.astimezone(ROME)
    day = "oggi" if local.date() == today else _day(local.date(), today)
    return f" Riapre {day} {_to(local)}."


def _day(day: date, today: date) -> str:
    named = f"{WEEKDAYS[day.weekday()]} {_number(day)} {MONTHS[day.month - 1]}"
    if day == today:
        return f"oggi, {named},"
    return f"domani, {named}," if day == today + timedelta(days=1) else named


def _number(day: date) -> str:
    return "1º" if day.day == 1 else str(day.day)


def _to(local: datetime) -> str:
    hour = _clock(local.hour, local.minute)
    if hour == "0":
        return "a mezzanotte"
    return f"all'{hour}" if local.hour == 1 else f"alle {hour}"


def _at(moment: datetime) -> str:
    local = moment.astimezone(ROME)
    return _clock(local.hour, local.minute)


def _clock(hour: int, minute: int) -> str:
    return f"{hour}:{minute:02}" if minute else str(hour)


def _span(days: str) -> str:
    return "-".join(NAMES[day] for day in days.split("-"))


def _intervals(hours: str) -> str:
    plain = hours.replace(":00", "").replace("-", "–")
    return " e ".join(part.strip() for part in plain.split(","))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
