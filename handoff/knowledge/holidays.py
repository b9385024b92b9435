"""Public holidays of the hospital's town, and closures of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self

import holidays

from handoff.knowledge.files import read

TOWN = "CA"  # Cagliari: its patron saint is San Saturnino, 30 October
LONGEST_CLOSURE = 366  # days


class BadCalendar(ValueError):
    """A sentence that names the entry and says what to write, for the person who edits it."""


@dataclass(frozen=True, slots=True)
class Closures:
    """Days on which desks are closed though it is no holiday: all of them, or those named."""

    days: Mapping[tuple[str, date], str] = field(default_factory=dict)  # ("" for all, day) → why

    @classmethod
    def load(cls, data: Path) -> Self:
        """Read `calendar/closures.yml` below `data`; no file, no closures."""
        file = data / "calendar" / "closures.yml"
        rows = (read(file) if file.is_file() else None) or []
        return cls({key: row["why"] for row in rows for key in _days(row)})

    def reason(self, desk: str, day: date) -> str | None:
        return self.days.get((desk, day)) or self.days.get(("", day))


def _days(row: Mapping[str, Any]) -> list[tuple[str, date]]:
    first, last = row.get("from"), row.get("to", row.get("from"))
    if not (isinstance(first, date) and isinstance(last, date) and "why" in row):
        raise BadCalendar(f"closures.yml: {dict(row)} needs `from` (a day), `why`, perhaps `to`")
    if not 0 <= (last - first).days <= LONGEST_CLOSURE:
        raise BadCalendar(f"closures.yml: from {first} to {last} is no span of up to a year")
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [(desk, day) for desk in row.get("desks") or [""] for day in span]


def holiday(day: date) -> str | None:
    """The holiday's Italian name, or None."""
    return _of_year(day.year).get(day)


@cache
def _of_year(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("IT", subdiv=TOWN, years=year, language="it_IT"))
