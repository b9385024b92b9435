"""What an operator does about a message that did not arrive: again, or by a template."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import attachments, conversations
from handoff.channel import Button, Template
from handoff.tables import Conversation, Message, Operator, Outbox, Ticket, present
from handoff.tickets.state import NotFound, at, changed, note_down, refuse_unless

LOST = ("failed", "unknown")
ON_ITS_WAY = "il messaggio è in viaggio o è arrivato"


async def resend(
    session: AsyncSession, ticket_id: str, message_id: str, *, version: int, operator: Operator
) -> Ticket:
    """The same words and files as a new message, once.

    What may have arrived is the operator's choice.
    """
    ticket, conversation = await _mine(session, ticket_id, version, operator)
    message = await session.get(Message, message_id)
    if message is None or message.conversation_id != conversation.id:
        raise NotFound(message_id)
    refuse_unless(await _is_lost(session, message), ON_ITS_WAY, ticket)
    resent = await _was_resent(session, message)
    refuse_unless(not resent, "il messaggio è già stato inviato di nuovo", ticket)
    again = await conversations.say(
        session,
        conversation,
        author=message.author,
        author_name=message.author_name,
        text=message.text,
        buttons=[Button(**button) for button in message.buttons],
        topic=message.topic,
        secret=message.secret,
        template=message.template,
        trace={"resent_of": message.id},
    )
    await attachments.copy(session, message.id, again)
    changed(session, ticket)
    note_down(session, ticket, "resent", operator)
    return ticket


async def send_template(
    session: AsyncSession,
    ticket_id: str,
    *,
    version: int,
    operator: Operator,
    template: Template,
    text: str,
) -> Ticket:
    """Write first, by words that the provider approved. `text` is how the citizen reads them."""
    ticket, conversation = await _mine(session, ticket_id, version, operator)
    await conversations.say(
        session,
        conversation,
        author="operator",
        author_name=operator.name,
        text=text,
        template={
            "name": template.name,
            "language": template.language,
            "values": list(template.values),
        },
    )
    ticket.replied_at = ticket.replied_at or present()
    changed(session, ticket)
    note_down(session, ticket, "replied", operator)
    return ticket


async def _mine(
    session: AsyncSession, ticket_id: str, version: int, operator: Operator
) -> tuple[Ticket, Conversation]:
    ticket, conversation = await at(session, ticket_id, version)
    refuse_unless(ticket.state == "taken", "la richiesta non è in carico", ticket)
    refuse_unless(ticket.assignee_id == operator.id, "la richiesta è di un collega", ticket)
    return ticket, conversation


async def _is_lost(session: AsyncSession, message: Message) -> bool:
    sent = await session.scalar(
        select(Outbox).where(Outbox.message_id == message.id).with_for_update()
    )
    return sent is not None and sent.state in LOST


async def _was_resent(session: AsyncSession, message: Message) -> bool:
    later = await session.scalars(
        select(Message.trace).where(
            Message.conversation_id == message.conversation_id, Message.seq > message.seq
        )
    )
    return any(trace.get("resent_of") == message.id for trace in later)
