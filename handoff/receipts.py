"""What providers tell later about what we sent: in any order, more than once, or too early."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import sent_parts
from handoff.channel import Status
from handoff.notify import ring
from handoff.tables import Conversation, DeliveryReport, Outbox

# states that a watermark can lift; it says nothing of what may never have left
BELOW = {"delivered": ("sent",), "read": ("sent", "delivered")}


async def attempt_ended(
    session: AsyncSession, outbox: Outbox, external_ids: tuple[str, ...], *, parts: int
) -> None:
    """Of a message of so many parts: hear what was told of it while it was under way."""
    if outbox.state == "sent":
        await sent_parts.all_left(session, outbox, external_ids)
    elif outbox.state in ("unknown", "failed"):
        await sent_parts.some_missing(session, outbox, of=parts)
    await sent_parts.sum_up(session, outbox)


async def hear(session: AsyncSession, status: Status) -> Outbox | None:
    """Take a status in: now if we know what it speaks of, else when we do.

    Our message, locked, if it is one and known.
    """
    if status.up_to is not None:
        await _hear_all(session, status)
        return None
    outbox = await _named(session, status)
    if outbox is not None and status.alias:
        await sent_parts.name_alias(session, outbox, status.alias)
    await _keep(session, status, status.external_id or status.key or "")
    if outbox is not None:
        await sent_parts.sum_up(session, outbox)
    ring(session, "tickets")
    return outbox


async def outbox_of(session: AsyncSession, channel: str, external_id: str) -> Outbox | None:
    """The message that the provider, or an answer to it, calls by this id."""
    part = await sent_parts.named(session, channel, external_id)
    return await session.get(Outbox, part.outbox_id) if part else None


async def _named(session: AsyncSession, status: Status) -> Outbox | None:
    """Locked, so that what is told of two parts at once is summed up one after the other."""
    wanted = select(Outbox).with_for_update().execution_options(populate_existing=True)
    if status.external_id:
        part = await sent_parts.named(session, status.channel, status.external_id)
        if part is not None:
            return (await session.scalars(wanted.where(Outbox.id == part.outbox_id))).one()
    if status.key is None:
        return None
    by_key: Outbox | None = await session.scalar(
        wanted.where(Outbox.message_id == status.key, Outbox.channel == status.channel)
    )
    if by_key is not None and status.external_id:
        await sent_parts.name(session, by_key, status.external_id)
    return by_key


async def _keep(session: AsyncSession, status: Status, external_id: str) -> None:
    """Once, however often it is told."""
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


async def _hear_all(session: AsyncSession, status: Status) -> None:
    """A watermark: all that this citizen was sent until then, as far as it surely left."""
    rows = await session.scalars(
        select(Outbox)
        .join(Conversation, Conversation.id == Outbox.conversation_id)
        .where(
            Conversation.channel == status.channel,
            Conversation.address == status.address,
            Outbox.created_at <= status.up_to,
            Outbox.state.in_(BELOW[status.state]),
        )
        .order_by(Outbox.id)  # in one order, or two watermarks would wait for each other
        .with_for_update(of=Outbox)
        .execution_options(populate_existing=True)
    )
    for outbox in list(rows):
        for name in await sent_parts.names_of(session, outbox):
            await _keep(session, status, name)
        await sent_parts.sum_up(session, outbox)
    ring(session, "tickets")
