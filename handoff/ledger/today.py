"""The figures of today, of one moment."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.ledger.lines import Line, lines


async def figures(session: AsyncSession, *, now: datetime | None = None) -> list[Line]:
    """Today's lines, one for each channel on which something happened since midnight in Rome.

    `taken`, `received`, `fates`, `out` and `written` are numbers of messages that grow until
    midnight and then begin anew: gauges, not counters. `faults` is empty when all balances, else
    `{fault.kind: fault.number}` is what does not. Give it a
    `database.read(apart=True)`: a message that comes between two counts would be in one of them.
    """
    return await lines(session, days=1, now=now)
