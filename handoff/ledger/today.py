"""The figures of today, of one moment."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import sqlite
from handoff.ledger.lines import Line, lines

# compiling such a query takes PostgreSQL seconds, and running it some hundredths
PLAINLY = text("set local jit = off")


async def snapshot(session: AsyncSession) -> None:
    """All that the session reads from here on is of one moment: else a message that comes between
    two counts would be missing in one of them. To be called before anything else is read.

    On SQLite it is of one moment anyway, but it reads in a thread: nobody else has to wait.
    """
    if session.get_bind().dialect.name == "sqlite":
        await session.connection(execution_options={sqlite.APART: True})
        return
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    await session.execute(PLAINLY)


async def figures(session: AsyncSession, *, now: datetime | None = None) -> list[Line]:
    """Today's lines, one for each channel on which something happened since midnight in Rome.

    `taken`, `received`, `fates`, `out` and `written` are numbers of messages that grow until
    midnight and then begin anew: gauges, not counters. `faults` is empty when all balances, else
    `{fault.kind: fault.number}` is what does not. Give it a session that has read nothing yet.
    """
    await snapshot(session)
    return await lines(session, days=1, now=now)
