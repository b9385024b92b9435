"""What channels tell besides messages: statuses, echoes, withdrawals, blocks, oddities."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import attachments, conversations, echoes, inbox, oddities, receipts
from handoff.channel import Channel, Echo, Oddity, Passed, Reach, Status, Withdrawn
from handoff.channel.webhook import fingerprint
from handoff.notify import ring
from handoff.tables import Attachment as AttachmentRow
from handoff.tables import AttachmentContent
from handoff.undelivered import note_failure

TAKEN_BACK = "[messaggio ritirato dal cittadino]"

Tidings = Status | Echo | Withdrawn | Reach | Oddity | Passed


async def take(session: AsyncSession, event: Tidings, channels: Mapping[str, Channel]) -> None:
    """Each may come twice, too early, or about what we never had: then it changes nothing."""
    match event:
        case Status():
            await _status(session, event)
        case Echo():
            await echoes.take(session, event, channels)
        case Withdrawn():
            await _withdraw(session, event)
        case Reach():
            await _reach(session, event)
        case Oddity():
            await oddities.keep(session, event)
        case Passed():
            pass  # only its number is kept


async def _status(session: AsyncSession, status: Status) -> None:
    """What a provider certified is kept as it came, beside the message that it is about."""
    outbox = await receipts.hear(session, status)
    if outbox is not None and status.state == outbox.state == "failed":
        await note_failure(session, outbox)
    if status.evidence is None:
        return
    if outbox is not None:
        await attachments.keep_receipt(session, outbox.message_id, status.channel, status.evidence)
        return
    body = (status.evidence.content or b"").decode(errors="replace").replace("\0", "")
    oddity = Oddity(
        channel=status.channel,
        external_id=f"receipt:{fingerprint(status.evidence.content or b'')}",
        kind="receipt_of_unknown",
        body=body,
    )
    await oddities.keep(session, oddity)


async def _withdraw(session: AsyncSession, event: Withdrawn) -> None:
    message = await inbox.find(session, channel=event.channel, external_id=event.external_id)
    if message is None:
        return
    message.text, message.attachments = TAKEN_BACK, []
    for row in await session.scalars(
        select(AttachmentRow).where(AttachmentRow.message_id == message.id)
    ):
        row.state, row.reference = "withdrawn", ""
        content = await session.get(AttachmentContent, row.id)
        if content is not None:
            await session.delete(content)
    ring(session, f"conversation:{message.conversation_id}")
    ring(session, "tickets")


async def _reach(session: AsyncSession, event: Reach) -> None:
    conversation = await conversations.find(session, channel=event.channel, address=event.address)
    if conversation is not None:
        conversation.unreachable = not event.reachable
        ring(session, "tickets")
