"""What came in: the oldest unfinished message of each conversation is a job under a lease."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, Select, Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import now
from handoff.leases import LEASE, heads
from handoff.notify import ring
from handoff.tables import Conversation, Inbox, Message

JOBS = cast(Table, Inbox.__table__)
# Built once: what each message asks for
BECAME = (
    select(Message)
    .join(Inbox, Inbox.message_id == Message.id)
    .where(Inbox.channel == bindparam("channel"), Inbox.external_id == bindparam("external_id"))
)
FINISH = (
    update(JOBS)
    .where(JOBS.c.id == bindparam("job"), JOBS.c.owner == bindparam("by"), JOBS.c.state == "run")
    .values(state=bindparam("ends"), owner=None, lease_until=None)
    .returning(JOBS.c.id)
)
UNFINISHED = (
    select(Inbox.id)
    .where(Inbox.conversation_id == bindparam("talk"), Inbox.state.in_(("ready", "run")))
    .limit(1)
)
MAX_ATTEMPTS = 5  # a message that kills its worker this often is dead


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message to be handled, as things stood at the claim."""

    id: int
    owner: str
    attempts: int
    external_id: str
    message: Message
    conversation: Conversation


async def find(session: AsyncSession, *, channel: str, external_id: str) -> Message | None:
    """The message that this delivery already became."""
    given = {"channel": channel, "external_id": external_id}
    found: Message | None = await session.scalar(BECAME, given)
    return found


def put(
    session: AsyncSession,
    message: Message,
    *,
    channel: str,
    external_id: str,
    wants: str = "bot",
    state: str = "ready",
) -> Inbox:
    row = Inbox(
        conversation_id=message.conversation_id,
        message_id=message.id,
        channel=channel,
        external_id=external_id,
        wants=wants,
        state=state,
    )
    session.add(row)
    return row


async def is_first(session: AsyncSession, conversation_id: str) -> bool:
    """True if no message of the conversation waits. The conversation must be locked."""
    return await session.scalar(UNFINISHED, {"talk": conversation_id}) is None


async def take(
    session: AsyncSession, message: Message, conversation: Conversation, row: Inbox, *, owner: str
) -> Claimed:
    """Claim what is being stored, for a worker that waits for it in this process."""
    row.state, row.owner, row.attempts = "run", owner, 1
    row.lease_until = now() + LEASE
    await session.flush()
    return Claimed(row.id, owner, 1, row.external_id, message, conversation)


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
    return [
        Claimed(row.id, owner, row.attempts, row.external_id, row.Message, row.Conversation)
        for row in rows
    ]


def _with_message(ids: list[int]) -> Select[int, int, str, Message, Conversation]:
    return (
        select(Inbox.id, Inbox.attempts, Inbox.external_id, Message, Conversation)
        .join(Message, Message.id == Inbox.message_id)
        .join(Conversation, Conversation.id == Inbox.conversation_id)
        .where(Inbox.id.in_(ids))
        .order_by(Inbox.id)
    )


async def finish(session: AsyncSession, job: Claimed, *, state: str = "done") -> bool:
    """False if the lease ran out and another worker has the job: then nothing may be said.

    The next message of this conversation is a head now: who finishes looks for more anyway.
    """
    done = await session.scalar(FINISH, {"job": job.id, "by": job.owner, "ends": state})
    return done is not None


async def holds(session: AsyncSession, job: Claimed) -> bool:
    """Whether the job is still this worker's; then nobody else's until the transaction ends."""
    held = await session.scalar(
        select(Inbox.id)
        .where(Inbox.id == job.id, Inbox.owner == job.owner, Inbox.state == "run")
        .with_for_update()
    )
    return held is not None


async def again(session: AsyncSession, job: Claimed, *, pause: float = 0.0) -> None:
    """Hand the message to the next worker, `pause` seconds from now, unless another has it.

    What was finished stays so: that it was committed need not have reached this worker.
    """
    await _wait(session, job, Inbox.state == "run", Inbox.owner == job.owner, pause=pause)


async def reopen(session: AsyncSession, job: Claimed) -> None:
    """Hand on what `finish` ended in this same transaction."""
    await _wait(session, job, Inbox.state == "done")


async def _wait(
    session: AsyncSession, job: Claimed, *still: ColumnElement[bool], pause: float = 0.0
) -> None:
    await session.execute(
        update(Inbox)
        .where(Inbox.id == job.id, *still)
        .values(state="ready", owner=None, lease_until=None, due=now() + pause)
        .execution_options(synchronize_session=False)
    )
    ring(session, "inbox")
