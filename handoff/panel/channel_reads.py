"""How a channel has been doing, read from what came in and went out."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.channel import Channel
from handoff.knowledge.hours import ROME
from handoff.ledger.silence import is_quieter_than_usual, latest
from handoff.sent_parts import failure_told_since
from handoff.tables import Attempt, Conversation, Message, Oddity, Outbox

ECHOES = ("echo", "echo_held")  # kept to know them again, understood all the same
ARRIVED = ("sent", "delivered", "read")


async def numbers(session: AsyncSession, channel: Channel, now: datetime) -> dict[str, Any]:
    """When something came and went, what waits, what failed."""
    name = channel.name
    heard = await latest(session, name)
    waiting, oldest = await _waiting(session, name)
    return {
        "last_in": _iso(heard[0] if heard else None),
        "last_out": _iso(await _last_out(session, channel)),
        "waiting": waiting,
        "waiting_since": _iso(oldest),
        "unknown": await _count(session, Outbox.channel == name, Outbox.state == "unknown"),
        "failed_today": await _failed_since(session, name, _midnight(now)),
        "oddities": await _count(session, Oddity.channel == name, Oddity.kind.not_in(ECHOES)),
        "quiet": is_quieter_than_usual(heard, now),
    }


async def _last_out(session: AsyncSession, channel: Channel) -> datetime | None:
    wanted = _last_said(channel.name) if channel.pulled else _last_sent(channel.name)
    found: datetime | None = await session.scalar(wanted)
    return found


def _last_said(name: str) -> Select[Any]:
    """Where citizens fetch their messages, what is said is out."""
    return (
        select(func.max(Message.created_at))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.channel == name, Message.author != "citizen")
    )


def _last_sent(name: str) -> Select[Any]:
    return (
        select(Attempt.ended_at)
        .join(Outbox, Outbox.id == Attempt.outbox_id)
        .where(Outbox.channel == name, Outbox.state.in_(ARRIVED), Attempt.result == "sent")
        .order_by(Attempt.id.desc())
        .limit(1)
    )


async def _waiting(session: AsyncSession, name: str) -> tuple[int, datetime | None]:
    rows = await session.execute(
        select(func.count(), func.min(Outbox.created_at)).where(
            Outbox.channel == name, Outbox.state.in_(("ready", "run"))
        )
    )
    number, oldest = rows.one()
    return number, oldest


async def _failed_since(session: AsyncSession, name: str, moment: datetime) -> int:
    """At the attempt, or later by what the provider reported."""
    ended = (
        select(Attempt.id)
        .where(Attempt.outbox_id == Outbox.id, Attempt.ended_at >= moment)
        .exists()
    )
    then = or_(ended, failure_told_since(moment))
    return await _count(session, Outbox.channel == name, Outbox.state == "failed", then)


async def _count(session: AsyncSession, *conditions: ColumnElement[bool]) -> int:
    return await session.scalar(select(func.count()).where(*conditions)) or 0


def _midnight(now: datetime) -> datetime:
    return now.astimezone(ROME).replace(hour=0, minute=0, second=0, microsecond=0)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
