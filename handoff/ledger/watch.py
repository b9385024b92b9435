"""Looks at the ledger every minute, and says what does not balance."""

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import Database
from handoff.ledger.lines import Line, lines
from handoff.ledger.silence import silent
from handoff.ledger.words import told
from handoff.tables import present

PAUSE = 60.0  # seconds between two looks
WATCHED = 2  # days: what was missed last night is still an alarm this morning
logger = logging.getLogger(__name__)
Tell = Callable[[str | None], None]


async def snapshot(session: AsyncSession) -> None:
    """All that the session reads from here on is of one moment: else a message that comes between
    two counts would be missing in one of them. To be called before anything else is read."""
    if session.get_bind().dialect.name == "postgresql" and not session.in_transaction():
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


async def figures(session: AsyncSession, *, now: datetime | None = None) -> list[Line]:
    """Today's lines, one for each channel on which something happened since midnight in Rome.

    `taken`, `received`, `fates`, `out` and `written` are numbers of messages that grow until
    midnight and then begin anew: gauges, not counters. `faults` is empty when all balances, else
    `{fault.kind: fault.number}` is what does not. Give it a session that has read nothing yet.
    """
    await snapshot(session)
    return await lines(session, days=1, now=now)


class LedgerWatch:
    """`tell` is given a sentence in Italian, or None when all is well."""

    def __init__(self, database: Database, channels: Collection[str], tell: Tell) -> None:
        """`channels`: those that should not fall silent."""
        self._database = database
        self._channels = channels
        self._tell = tell

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                self._tell(await self.look())
            except (SQLAlchemyError, OSError) as error:  # /readyz says so by itself
                logger.error("cannot look at the ledger: %s", type(error).__name__)
            await asyncio.sleep(PAUSE)

    async def look(self, now: datetime | None = None) -> str | None:
        moment = now or present()
        async with self._database.read() as session:
            await snapshot(session)
            found = await lines(session, days=WATCHED, now=moment)
            quiet = await silent(session, self._channels, moment)
        said = [
            f"{line.channel} {line.day}: {told(fault)}" for line in found for fault in line.faults
        ]
        said += [f"{name}: silenzioso più del solito" for name in sorted(quiet)]
        return "; ".join(said) or None
