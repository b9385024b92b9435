"""What providers tell later about what we sent: in any order, more than once, or too early."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.channel import Status
from handoff.notify import ring
from handoff.tables import Conversation, DeliveryReport, Outbox, SentPart

RANKS = {"sent": 1, "delivered": 2, "read": 3}
DELAYED, FAILED = "delayed", "failed"


async def remember(session: AsyncSession, outbox: Outbox, external_ids: tuple[str, ...]) -> None:
    """Write down by which ids the provider knows a message, and hear what it told before."""
    for external_id in external_ids:
        await _name(session, outbox, external_id)
        for report in await _told(session, outbox.channel, external_id):
            advance(outbox, report.state, report.cause, report.reason)


async def catch_up(session: AsyncSession, outbox: Outbox) -> None:
    """What was told while the attempt was under way, which ended without an answer."""
    parts = await session.scalars(
        select(SentPart.external_id).where(SentPart.outbox_id == outbox.id)
    )
    for external_id in (outbox.message_id, *parts):
        for report in await _told(session, outbox.channel, external_id):
            advance(outbox, report.state, report.cause, report.reason)


async def hear(session: AsyncSession, status: Status) -> None:
    """Take a status in: now if we know what it speaks of, else when we do."""
    if status.up_to is not None:
        await _hear_all(session, status)
        return
    outbox = await _named(session, status)
    external_id = status.external_id or status.key or ""
    if not await _keep(session, status, external_id):
        return  # told before
    if outbox is not None:
        advance(outbox, status.state, status.cause, status.reason)
        if status.alias:
            await _name(session, outbox, status.alias)
    ring(session, "tickets")


def advance(
    outbox: Outbox, state: str, cause: str | None = None, reason: str | None = None
) -> None:
    """States only rise: read before delivered stays read, a failure ends what did not arrive."""
    now = RANKS.get(outbox.state, 0)
    waits = outbox.state in ("ready", "run")  # the attempt's own end comes first
    late = outbox.state == FAILED and state == "sent"
    if state == DELAYED:
        outbox.reason = outbox.reason or reason
    elif state == FAILED and now < RANKS["delivered"]:
        outbox.state, outbox.cause, outbox.reason = FAILED, cause or "refused", reason
    elif RANKS.get(state, 0) > now and not (waits or late):
        outbox.state, outbox.cause, outbox.reason = state, None, None


async def outbox_of(session: AsyncSession, channel: str, external_id: str) -> Outbox | None:
    """The message that the provider, or an answer to it, calls by this id."""
    part = await _part(session, channel, external_id)
    return await session.get(Outbox, part.outbox_id) if part else None


async def _named(session: AsyncSession, status: Status) -> Outbox | None:
    if status.external_id:
        found = await outbox_of(session, status.channel, status.external_id)
        if found is not None:
            return found
    if status.key is None:
        return None
    by_key: Outbox | None = await session.scalar(
        select(Outbox).where(Outbox.message_id == status.key, Outbox.channel == status.channel)
    )
    if by_key is not None and status.external_id:
        await remember(session, by_key, (status.external_id,))
    return by_key


async def _keep(session: AsyncSession, status: Status, external_id: str) -> bool:
    known = await session.scalar(
        select(DeliveryReport.id).where(
            DeliveryReport.channel == status.channel,
            DeliveryReport.external_id == external_id,
            DeliveryReport.state == status.state,
            DeliveryReport.recipient == status.recipient,
        )
    )
    if known is None:
        session.add(
            DeliveryReport(
                channel=status.channel,
                external_id=external_id,
                state=status.state,
                recipient=status.recipient,
                cause=status.cause,
                reason=status.reason,
            )
        )
        await session.flush()
    return known is None


async def _hear_all(session: AsyncSession, status: Status) -> None:
    """A watermark: all that this citizen was sent until then."""
    assert status.up_to is not None
    rows = await session.scalars(
        select(Outbox)
        .join(Conversation, Conversation.id == Outbox.conversation_id)
        .where(
            Conversation.channel == status.channel,
            Conversation.address == status.address,
            Outbox.created_at <= status.up_to,
            Outbox.state.in_(("sent", "delivered", "unknown")),
        )
    )
    for outbox in rows:
        advance(outbox, status.state)
    ring(session, "tickets")


async def _name(session: AsyncSession, outbox: Outbox, external_id: str) -> None:
    if await _part(session, outbox.channel, external_id) is None:
        session.add(SentPart(outbox_id=outbox.id, channel=outbox.channel, external_id=external_id))


async def _part(session: AsyncSession, channel: str, external_id: str) -> SentPart | None:
    found: SentPart | None = await session.scalar(
        select(SentPart).where(SentPart.channel == channel, SentPart.external_id == external_id)
    )
    return found


async def _told(session: AsyncSession, channel: str, external_id: str) -> list[DeliveryReport]:
    return list(
        await session.scalars(
            select(DeliveryReport)
            .where(DeliveryReport.channel == channel, DeliveryReport.external_id == external_id)
            .order_by(DeliveryReport.id)
        )
    )
