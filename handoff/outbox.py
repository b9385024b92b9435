"""What goes out: claim · attempt (committed before the request leaves) · outcome."""

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import attachments, receipts
from handoff.channel import Answered, Button, File, Outbound, Template
from handoff.db import now
from handoff.leases import LEASE, heads
from handoff.notify import ring
from handoff.tables import Attempt, Conversation, Inbox, Message, Outbox, present

MAX_AGE = timedelta(hours=24)  # what could not be said within a day is a person's choice
SLOWEST_RETRY = 300.0  # seconds
Author = Literal["bot", "operator", "system"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message to be sent, its attempt already on record."""

    id: int
    owner: str
    attempts: int
    channel: str
    conversation_id: str
    message: Message
    outbound: Outbound
    heard_at: datetime | None  # when the citizen wrote last
    too_old: bool
    interrupted: bool  # an earlier attempt began and its end is not known
    claimed_at: float  # by the loop's clock


async def claim(session: AsyncSession, *, owner: str, limit: int = 1) -> list[Claimed]:
    """Lease up to `limit` heads and record that an attempt begins."""
    claimed_at = asyncio.get_running_loop().time()  # before the lease begins, never after
    ids = await session.scalars(
        update(Outbox)
        .where(Outbox.id.in_(select(heads(Outbox, limit).c.id)))
        .values(state="run", owner=owner, lease_until=now() + LEASE, attempts=Outbox.attempts + 1)
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )
    return [await _begin(session, owner, number, claimed_at) for number in sorted(ids)]


async def _begin(session: AsyncSession, owner: str, outbox_id: int, claimed_at: float) -> Claimed:
    row = await session.get_one(Outbox, outbox_id, populate_existing=True)
    message = await session.get_one(Message, row.message_id)
    conversation = await session.get_one(Conversation, row.conversation_id)
    outbound = await outbound_of(session, row)
    open_attempt = await session.scalar(
        select(Attempt.id).where(Attempt.outbox_id == row.id, Attempt.ended_at.is_(None))
    )
    session.add(Attempt(outbox_id=row.id, number=row.attempts))
    return Claimed(
        id=row.id,
        owner=owner,
        attempts=row.attempts,
        channel=row.channel,
        conversation_id=row.conversation_id,
        message=message,
        outbound=outbound,
        heard_at=conversation.heard_at,
        too_old=present() - row.created_at > MAX_AGE,
        interrupted=open_attempt is not None,
        claimed_at=claimed_at,
    )


async def outbound_of(session: AsyncSession, row: Outbox) -> Outbound:
    """What its channel is given to send."""
    message = await session.get_one(Message, row.message_id)
    conversation = await session.get_one(Conversation, row.conversation_id)
    return Outbound(
        key=message.id,
        address=conversation.address,
        text=message.text_for_citizen(),
        buttons=tuple(Button(**button) for button in message.buttons),
        author=cast(Author, message.author),
        template=_template(message.template),
        conversation_id=conversation.id,
        answers=await _answered(session, conversation.id),
        files=await _files(session, message),
    )


async def _files(session: AsyncSession, message: Message) -> tuple[File, ...]:
    """Most messages carry none: then nothing is asked."""
    if not message.attachments:
        return ()
    return tuple(
        File(name=kept.name, media_type=kept.media_type, content=kept.content)
        for kept in await attachments.kept_of(session, message.id)
    )


def _template(kept: dict[str, Any] | None) -> Template | None:
    if kept is None:
        return None
    return Template(
        name=kept["name"], language=kept["language"], values=tuple(kept.get("values", ()))
    )


async def _answered(session: AsyncSession, conversation_id: str) -> Answered | None:
    """The citizen's newest message, as the provider calls it."""
    row = await session.execute(
        select(Inbox.external_id, Message.trace)
        .join(Message, Message.id == Inbox.message_id)
        .where(Inbox.conversation_id == conversation_id)
        .order_by(Inbox.id.desc())
        .limit(1)
    )
    if (newest := row.first()) is None:
        return None
    external_id, trace = newest
    return Answered(
        external_id=external_id,
        subject=trace.get("subject"),
        particulars=trace.get("particulars", {}),
    )


async def settle(
    session: AsyncSession,
    job: Claimed,
    state: str,
    *,
    external_ids: tuple[str, ...] = (),
    cause: str | None = None,
    reason: str | None = None,
    wait: timedelta | None = None,
    parts: int = 1,
) -> bool:
    """Write down how the attempt ended. False if another worker has the job by now.

    `parts`: how many the provider gets of it.
    `wait`: for a status or an echo, before an unknown outcome becomes a person's choice.
    """
    await _end_attempts(session, job, state, reason)
    due = now() + wait.total_seconds() if wait else 0.0
    values = {"state": state, "cause": cause, "reason": reason, "due": due}
    settled = await session.scalar(
        update(Outbox)
        .where(Outbox.id == job.id, Outbox.owner == job.owner, Outbox.state == "run")
        .values(**values, owner=None, lease_until=None, external_id=_last(external_ids))
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )
    if settled is not None:
        row = await session.get_one(Outbox, job.id, populate_existing=True)
        await receipts.attempt_ended(session, row, external_ids, parts=parts)
    ring(session, "outbox")
    ring(session, "tickets")
    return settled is not None


async def later(
    session: AsyncSession, job: Claimed, *, reason: str, retry_after: timedelta | None
) -> None:
    """Try again when the provider said so, else after a growing pause with jitter."""
    await _end_attempts(session, job, "ready", reason)
    pause = retry_after.total_seconds() if retry_after else backoff(job.attempts)
    await _back(session, job, reason=reason, pause=pause)


async def interrupted(session: AsyncSession, job: Claimed, *, reason: str, pause: float) -> None:
    """Hand it on with its attempt left open: nobody knows whether the message went out."""
    await _back(session, job, reason=reason, pause=pause)


async def _back(session: AsyncSession, job: Claimed, *, reason: str, pause: float) -> None:
    await session.execute(
        update(Outbox)
        .where(Outbox.id == job.id, Outbox.owner == job.owner, Outbox.state == "run")
        .values(state="ready", owner=None, lease_until=None, due=now() + pause, reason=reason)
        .execution_options(synchronize_session=False)
    )


def _last(external_ids: tuple[str, ...]) -> str | None:
    return external_ids[-1] if external_ids else None


async def overdue(session: AsyncSession, *, limit: int = 20) -> list[Outbox]:
    """Unknown outcomes of which nothing was heard in time; each is given out once."""
    found = list(
        await session.scalars(
            select(Outbox)
            .where(Outbox.state == "unknown", Outbox.due > 0.0, Outbox.due <= now())
            .order_by(Outbox.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )
    for row in found:
        row.due = 0.0
    return found


def backoff(attempts: int) -> float:
    """Seconds until the next try: 1, 2, 4 … at most five minutes, half of it by chance."""
    longest = min(SLOWEST_RETRY, 2.0 ** (attempts - 1))
    return longest * random.uniform(0.5, 1.0)


async def _end_attempts(
    session: AsyncSession, job: Claimed, result: str, reason: str | None
) -> None:
    """This one and what was interrupted before it; a later one belongs to another worker."""
    await session.execute(
        update(Attempt)
        .where(
            Attempt.outbox_id == job.id,
            Attempt.number <= job.attempts,
            Attempt.ended_at.is_(None),
        )
        .values(result=result, reason=reason, ended_at=present())
        .execution_options(synchronize_session=False)
    )
