"""The office's days: from midnight to midnight in Rome, so of 23 or 25 hours twice a year."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

from handoff.intake import ROME, day_of

ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A day in UTC: SQLite compares moments as they are written, without their zones."""

    day: date
    start: datetime
    end: datetime  # the first moment that is not in it

    @classmethod
    def of(cls, day: date) -> "Span":
        return cls(day, _midnight(day), _midnight(day + ONE))

    def holds(self, moment: InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
        return and_(moment >= self.start, moment < self.end)


def last_days(until: datetime, number: int) -> list[date]:
    """The newest first, beginning with the day of `until`."""
    newest = day_of(until)
    return [newest - ONE * back for back in range(number)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ROME).astimezone(UTC)
