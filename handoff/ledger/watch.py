"""Looks at the ledger every minute, says what does not balance, and keeps older days at hand."""

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import date, datetime

from sqlalchemy.exc import SQLAlchemyError

from handoff.db import Database
from handoff.ledger.days import last_days
from handoff.ledger.lines import Line, lines, lines_of
from handoff.ledger.silence import silent
from handoff.ledger.words import told
from handoff.tables import present

PAUSE = 60.0  # seconds between two looks
WATCHED = 2  # days: what was missed last night is still an alarm this morning
KEPT = 14  # days; one that is not watched is counted anew every twelve minutes
logger = logging.getLogger(__name__)
Tell = Callable[[str | None], None]


class LedgerWatch:
    """`tell` is given a sentence in Italian, or None when all is well."""

    def __init__(self, database: Database, channels: Collection[str], tell: Tell) -> None:
        """`channels`: those that should not fall silent."""
        self._database = database
        self._channels = channels
        self._tell = tell
        self.silent: dict[str, datetime] = {}  # at the last look: when each was heard last
        self.unbalanced = 0  # at the last look: the numbers of all faults
        self._older: dict[date, list[Line]] = {}  # the first is the one counted longest ago

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                self._tell(await self.look())
                await self._count_an_older_day()
            except (SQLAlchemyError, OSError) as error:  # /readyz says so by itself
                logger.error("cannot look at the ledger: %s", type(error).__name__)
            await asyncio.sleep(PAUSE)

    async def look(self, now: datetime | None = None) -> str | None:
        moment = now or present()
        async with self._database.read(apart=True) as session:
            found = await lines(session, days=WATCHED, now=moment)
            self.silent = await silent(session, self._channels, moment)
        self.unbalanced = sum(fault.number for line in found for fault in line.faults)
        said = [
            f"{line.channel} {line.day}: {told(fault)}" for line in found for fault in line.faults
        ]
        said += [f"{name}: silenzioso più del solito" for name in sorted(self.silent)]
        return "; ".join(said) or None

    async def lines(self, *, days: int, now: datetime | None = None) -> list[Line]:
        """The newest day first; those that are not watched as they were some minutes ago."""
        moment = now or present()
        async with self._database.read(apart=True) as session:
            found = await lines(session, days=min(days, WATCHED), now=moment)
        for day in last_days(moment, days)[WATCHED:]:
            if day not in self._older:
                await self._count(day, moment)
            found += self._older[day]
        return found

    async def _count_an_older_day(self) -> None:
        moment = present()
        wanted = last_days(moment, KEPT)[WATCHED:]
        for day in self._older.keys() - wanted:
            del self._older[day]
        new = [day for day in wanted if day not in self._older]
        await self._count(new[0] if new else next(iter(self._older)), moment)

    async def _count(self, day: date, now: datetime) -> None:
        async with self._database.read(apart=True) as session:
            found = await lines_of(session, day, now)
        self._older.pop(day, None)
        self._older[day] = found
