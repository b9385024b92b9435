"""What came in: the oldest unfinished message of each conversation is a job under a lease."""

from dataclasses import dataclass

from sqlalchemy import CTE, Select, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from handoff.db import now
from handoff.notify import ring
from handoff.tables import Conversation, Inbox, Message, Outbox

LEASE = 30.0  # seconds; asking the bot twice takes at most 11
MAX_ATTEMPTS = 5  # a message that kills its worker this often is dead


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message to be handled, as things stood at the claim."""

    id: int
    owner: str
    attempts: int
    message: Message
    conversation: Conversation


async def find(session: AsyncSession, *, channel: str, external_id: str) -> Message | None:
    """The message that this delivery already became."""
    found: Message | None = await session.scalar(
        select(Message)
        .join(Inbox, Inbox.message_id == Message.id)
        .where(Inbox.channel == channel, Inbox.external_id == external_id)
    )
    return found


def put(session: AsyncSession, message: Message, *, channel: str, external_id: str) -> Inbox:
    row = Inbox(
        conversation_id=message.conversation_id,
        message_id=message.id,
        channel=channel,
        external_id=external_id,
    )
    session.add(row)
    ring(session, "inbox")
    return row


async def claim(session: AsyncSession, *, owner: str, limit: int = 1) -> list[Claimed]:
    """Lease up to `limit` heads, each of another conversation. Order: oldest first."""
    ids = await session.scalars(
        update(Inbox)
        .where(Inbox.id.in_(select(heads(Inbox, limit).c.id)))
        .values(state="run", owner=owner, lease_until=now() + LEASE, attempts=Inbox.attempts + 1)
        .returning(Inbox.id)
        .execution_options(synchronize_session=False)
    )
    rows = await session.execute(_with_message(list(ids)))
    return [Claimed(row.id, owner, row.attempts, row.Message, row.Conversation) for row in rows]


def heads(table: type[Inbox] | type[Outbox], limit: int) -> CTE:
    """The claimable jobs: heads of their conversations, due, free or with a lease run out.

    A CTE, because PostgreSQL may run a sub-select with LIMIT more than once.
    """
    older = aliased(table)
    blocked = exists().where(
        older.conversation_id == table.conversation_id,
        older.id < table.id,
        older.state.in_(("ready", "run")),
    )
    free = or_(table.state == "ready", and_(table.state == "run", table.lease_until < now()))
    return (
        select(table.id)
        .where(table.state.in_(("ready", "run")), free, table.due <= now(), ~blocked)
        .order_by(table.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=table)
        .cte("heads")
    )


def _with_message(ids: list[int]) -> Select[int, int, Message, Conversation]:
    return (
        select(Inbox.id, Inbox.attempts, Message, Conversation)
        .join(Message, Message.id == Inbox.message_id)
        .join(Conversation, Conversation.id == Inbox.conversation_id)
        .where(Inbox.id.in_(ids))
        .order_by(Inbox.id)
    )


async def finish(session: AsyncSession, job: Claimed, *, state: str = "done") -> bool:
    """False if the lease ran out and another worker has the job: then nothing may be said."""
    done = await session.scalar(
        update(Inbox)
        .where(Inbox.id == job.id, Inbox.owner == job.owner, Inbox.state == "run")
        .values(state=state, owner=None, lease_until=None)
        .returning(Inbox.id)
        .execution_options(synchronize_session=False)
    )
    ring(session, "inbox")  # the next message of this conversation is a head now
    return done is not None


async def again(session: AsyncSession, job: Claimed, *, pause: float = 0.0) -> None:
    """Hand the message to the next worker, `pause` seconds from now."""
    await session.execute(
        update(Inbox)
        .where(Inbox.id == job.id, or_(Inbox.owner == job.owner, Inbox.owner.is_(None)))
        .values(state="ready", owner=None, lease_until=None, due=now() + pause)
        .execution_options(synchronize_session=False)
    )
    ring(session, "inbox")


async def owners(session: AsyncSession) -> set[str]:
    """Every worker that holds a lease, living or dead."""
    held: set[str] = set()
    for table in (Inbox, Outbox):
        held.update(
            await session.scalars(
                select(table.owner).where(table.state == "run", table.owner.is_not(None))
            )
        )
    return held


async def give_back(session: AsyncSession, *, owner: str) -> None:
    """Free what a worker left when it died."""
    for table in (Inbox, Outbox):
        await session.execute(
            update(table)
            .where(table.state == "run", table.owner == owner)
            .values(state="ready", owner=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )
    ring(session, "inbox")
    ring(session, "outbox")
