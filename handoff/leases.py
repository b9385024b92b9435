"""What may be claimed from inbox and outbox, for how long, and what dead workers leave."""

from sqlalchemy import CTE, ColumnElement, and_, exists, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from handoff.db import now
from handoff.notify import ring
from handoff.tables import Attachment, Inbox, Outbox

HELD: tuple[type[Inbox] | type[Outbox] | type[Attachment], ...] = (Inbox, Outbox, Attachment)
# Written into the statement: with parameters PostgreSQL plans for any states, and then walks
# through all that was ever done (0.2 s a claim over a million rows)
READY: ColumnElement[str] = literal_column("'ready'")
RUN: ColumnElement[str] = literal_column("'run'")
LEASE = 60.0  # seconds; asking the bot twice takes 11, three slow parts of a message below 55
# Seconds from the claim: what begins or hangs longer could arrive after what another worker sends
SEND_WITHIN = 55.0


def heads(table: type[Inbox] | type[Outbox], limit: int) -> CTE:
    """The claimable jobs: heads of their conversations, due, free or with a lease run out.

    A CTE, because PostgreSQL may run a sub-select with LIMIT more than once. Its statistics lag
    behind a burst and know of nobody waiting, so nothing is left to them: `coalesce` bars every
    index by state from the inner look, which would go through all that wait for each of them.
    """
    older = aliased(table)
    blocked = exists().where(
        older.conversation_id == table.conversation_id,
        older.id < table.id,
        func.coalesce(older.state, "").in_((READY, RUN)),
    )
    free = or_(table.state == READY, and_(table.state == RUN, table.lease_until < now()))
    return (
        select(table.id)
        .where(table.state.in_((READY, RUN)), free, table.due <= now(), ~blocked)
        .order_by(table.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=table)
        .cte("heads")
    )


async def may_have_some(session: AsyncSession, table: type[Inbox | Outbox | Attachment]) -> bool:
    """Whether a claim is worth its write lock: something is due that nobody has.

    Leases that ran out are not looked for: claims without a look find them.
    """
    due = select(table.id).where(table.state == READY, table.due <= now()).limit(1)
    return await session.scalar(due) is not None


async def owners(session: AsyncSession) -> set[str]:
    """Every worker that holds a lease, living or dead."""
    held: set[str] = set()
    for table in HELD:
        held.update(
            await session.scalars(
                select(table.owner).where(table.state == "run", table.owner.is_not(None))
            )
        )
    return held


async def give_back(session: AsyncSession, *, owner: str) -> None:
    """Free what a worker left when it died."""
    for table in HELD:
        await session.execute(
            update(table)
            .where(table.state == "run", table.owner == owner)
            .values(state="ready", owner=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )
    for topic in ("inbox", "outbox", "attachments"):
        ring(session, topic)
