"""What was counted as it came: citizens' messages, and the numbers that providers gave."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.intake import MESSAGES
from handoff.tables import Intake

GRACE = timedelta(minutes=5)  # a number that was overtaken usually comes at once


@dataclass(frozen=True, slots=True)
class Series:
    """A provider's numbering on one day."""

    name: str
    taken: int
    last: int | None
    gapless: bool
    gaps: tuple[tuple[int, int], ...]  # first and last number left out, for longer than the grace

    @property
    def missing(self) -> int:
        """How many never reached us; of a numbering with holes nobody can tell."""
        return sum(last - first + 1 for first, last in self.gaps) if self.gapless else 0


@dataclass(frozen=True, slots=True)
class Taken:
    messages: int | None = None  # None: not counted yet on that day
    series: tuple[Series, ...] = ()


async def taken_on(session: AsyncSession, day: date, now: datetime) -> dict[str, Taken]:
    """By channel."""
    rows = await session.scalars(
        select(Intake).where(Intake.day == day).order_by(Intake.channel, Intake.series)
    )
    found: dict[str, Taken] = {}
    for row in rows:
        known = found.get(row.channel, Taken())
        found[row.channel] = (
            Taken((known.messages or 0) + row.taken, known.series)
            if row.series.startswith(MESSAGES)
            else Taken(known.messages, (*known.series, _series(row, now)))
        )
    return found


def _series(row: Intake, now: datetime) -> Series:
    old = [gap for gap in row.gaps if now - datetime.fromisoformat(gap["noticed"]) > GRACE]
    gaps = tuple((gap["from"], gap["to"]) for gap in old)
    return Series(row.series, row.taken, row.last_sequence, row.gapless, gaps)
