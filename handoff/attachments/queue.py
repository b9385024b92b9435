"""Files that nobody looked at yet are jobs: claimed under a lease, then kept, held or refused."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningUpdate

from handoff.attachments.evidence import RECEIPT
from handoff.attachments.intake import shown
from handoff.db import now
from handoff.notify import ring
from handoff.tables import Attachment, AttachmentContent, Message

LEASE = 240.0  # seconds: fetching may take 120, the scanner 60
WAITING = "in verifica"
UNSEEN = ("draft", "withdrawn")  # states of which pages know nothing


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file to be looked at; `content` when it is here already."""

    id: str
    owner: str
    attempts: int
    message_id: str
    channel: str
    name: str
    size: int | None
    reference: str
    content: bytes | None
    beside_evidence: bool  # its message came with an original: certified mail


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it. Of what is refused no content stays."""

    state: str  # kept | held | refused
    name: str
    media_type: str
    reason: str | None = None
    content: bytes | None = None
    sha256: str | None = None
    wait: float = 0.0  # seconds until a held one is looked at again


async def claim(session: AsyncSession, *, owner: str, limit: int = 1) -> list[Claimed]:
    """Lease up to `limit` files that are due, the held ones too. Attempts count from here."""
    ids = await session.scalars(
        update(Attachment)
        .where(Attachment.id.in_(select(_due(limit).c.id)))
        .values(
            state="run", owner=owner, lease_until=now() + LEASE, attempts=Attachment.attempts + 1
        )
        .returning(Attachment.id)
        .execution_options(synchronize_session=False)
    )
    return [await _claimed(session, owner, each) for each in list(ids)]


def _due(limit: int) -> CTE:
    """A CTE, because PostgreSQL may run a sub-select with LIMIT more than once."""
    free = or_(
        Attachment.state.in_(("ready", "held")),
        and_(Attachment.state == "run", Attachment.lease_until < now()),
    )
    return (
        select(Attachment.id)
        .where(Attachment.state.in_(("ready", "held", "run")), free, Attachment.due <= now())
        .order_by(Attachment.due, Attachment.created_at, Attachment.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )


async def _claimed(session: AsyncSession, owner: str, attachment_id: str) -> Claimed:
    row = await session.get_one(Attachment, attachment_id, populate_existing=True)
    kept = await session.get(AttachmentContent, row.id)
    original = aliased(Attachment)
    beside = await session.scalar(
        select(exists().where(original.message_id == row.message_id, original.is_original))
    )
    return Claimed(
        id=row.id,
        owner=owner,
        attempts=row.attempts,
        message_id=row.message_id,
        channel=row.channel,
        name=row.name,
        size=row.size,
        reference=row.reference,
        content=kept.content if kept else None,
        beside_evidence=bool(beside),
    )


async def settle(session: AsyncSession, job: Claimed, outcome: Outcome) -> bool:
    """Write down what became of it. False if the file is no longer ours to judge."""
    message = await _lock(session, job.message_id)
    values: dict[str, Any] = {
        "name": outcome.name,
        "media_type": outcome.media_type,
        "reason": outcome.reason,
    }
    if outcome.content is not None:
        values |= {"size": len(outcome.content), "sha256": outcome.sha256}
    if outcome.state == "held":
        values |= {"attempts": 0, "due": now() + outcome.wait}
    else:
        values |= {"reference": ""}
    done = await session.scalar(_mine(job, state=outcome.state, **values))
    if done is None:
        return False
    await _store(session, job, outcome)
    await _show(session, message)
    return True


def _mine(job: Claimed, **values: Any) -> ReturningUpdate[str]:
    return (
        update(Attachment)
        .where(Attachment.id == job.id, Attachment.owner == job.owner, Attachment.state == "run")
        .values(owner=None, lease_until=None, **values)
        .returning(Attachment.id)
        .execution_options(synchronize_session=False)
    )


async def _store(session: AsyncSession, job: Claimed, outcome: Outcome) -> None:
    if outcome.content is None:
        await session.execute(
            delete(AttachmentContent).where(AttachmentContent.attachment_id == job.id)
        )
    elif job.content is None:
        session.add(AttachmentContent(attachment_id=job.id, content=outcome.content))


async def _lock(session: AsyncSession, message_id: str) -> Message:
    """Files of one message end at the same time: each must see what the others wrote."""
    return await session.get_one(Message, message_id, with_for_update=True, populate_existing=True)


async def _show(session: AsyncSession, message: Message) -> None:
    rows = await session.scalars(
        select(Attachment)
        .where(
            Attachment.message_id == message.id,
            Attachment.state.not_in(UNSEEN),
            Attachment.kind != RECEIPT,
        )
        .order_by(Attachment.position)
        .execution_options(populate_existing=True)
    )
    message.attachments = [shown(row) for row in rows]
    ring(session, f"conversation:{message.conversation_id}")
    ring(session, "tickets")


async def again(
    session: AsyncSession, job: Claimed, *, pause: float = 0.0, counts: bool = True
) -> None:
    """Hand the file to the next worker, `pause` seconds from now."""
    attempts = job.attempts if counts else job.attempts - 1
    await session.execute(_mine(job, state="ready", due=now() + pause, attempts=attempts))
    ring(session, "attachments")
