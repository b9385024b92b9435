"""What channels tell besides messages: statuses, echoes, withdrawals, blocks, oddities."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import conversations, inbox, receipts, tickets
from handoff.channel import Echo, Oddity, Reach, Status, Withdrawn
from handoff.notify import ring
from handoff.tables import Attachment as AttachmentRow
from handoff.tables import AttachmentContent, Conversation
from handoff.tables import Oddity as OddityRow

TAKEN_BACK = "[messaggio ritirato dal cittadino]"
ELSEWHERE = "Operatore (dall'app del canale)"
LONGEST = 64_000  # characters of an oddity

Tidings = Status | Echo | Withdrawn | Reach | Oddity


async def take(session: AsyncSession, event: Tidings) -> None:
    """Each may come twice, too early, or about what we never had: then it changes nothing."""
    match event:
        case Status():
            await receipts.hear(session, event)
        case Echo():
            await _echo(session, event)
        case Withdrawn():
            await _withdraw(session, event)
        case Reach():
            await _reach(session, event)
        case Oddity():
            await _keep(session, event)


async def _echo(session: AsyncSession, echo: Echo) -> None:
    """Ours comes back to us; anything else a person wrote in the provider's own app."""
    known = await receipts.outbox_of(session, echo.channel, echo.external_id)
    if known is not None or echo.key:
        status = Status(
            channel=echo.channel, state="sent", external_id=echo.external_id, key=echo.key
        )
        await receipts.hear(session, status)
        return
    conversation = await _conversation(session, echo.channel, echo.address)
    if conversation is not None and echo.text:
        await _written_elsewhere(session, conversation, echo)


async def _written_elsewhere(
    session: AsyncSession, conversation: Conversation, echo: Echo
) -> None:
    """Recorded as said, once; the bot keeps silent until its ticket is closed or handed back."""
    if not await _is_new(
        session,
        Oddity(channel=echo.channel, external_id=f"echo:{echo.external_id}", kind="echo", body=""),
    ):
        return
    conversations.record_said(session, conversation, author_name=ELSEWHERE, text=echo.text)
    if conversation.holder == "bot":  # by a ticket: or nobody here could answer or hand back
        await tickets.open_ticket(session, conversation, kind="persona", reason="altrove")


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
    conversation = await _conversation(session, event.channel, event.address)
    if conversation is not None:
        conversation.unreachable = not event.reachable
        ring(session, "tickets")


async def _keep(session: AsyncSession, oddity: Oddity) -> None:
    await _is_new(session, oddity)


async def _is_new(session: AsyncSession, oddity: Oddity) -> bool:
    known = await session.scalar(
        select(OddityRow.id).where(
            OddityRow.channel == oddity.channel, OddityRow.external_id == oddity.external_id
        )
    )
    if known is None:
        session.add(
            OddityRow(
                channel=oddity.channel,
                external_id=oddity.external_id,
                kind=oddity.kind[:64],
                body=oddity.body[:LONGEST],
            )
        )
        await session.flush()
    return known is None


async def _conversation(session: AsyncSession, channel: str, address: str) -> Conversation | None:
    found: Conversation | None = await session.scalar(
        select(Conversation)
        .where(Conversation.channel == channel, Conversation.address == address)
        .with_for_update()
    )
    return found
