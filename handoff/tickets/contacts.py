"""A contact by voice, written down by the operator who had it: in the same queue and numbers."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import conversations, inbox, intake
from handoff.tables import Conversation, Operator, Ticket, new_id, present
from handoff.tickets.opening import open_ticket
from handoff.tickets.state import changed, note_down, taken_by
from italian.masked import without_codes

CONTACT = "contatto"  # a kind of ticket
WRITTEN_DOWN = "registrato"  # why there is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    channel: str
    text: str  # what the citizen wanted
    name: str | None = None
    topic: str | None = None
    answer: str | None = None  # what the operator said
    closed: bool = True  # else the operator goes on with it
    id: str | None = None  # the page's own: written down twice is written down once


async def write_down(session: AsyncSession, contact: Contact, *, operator: Operator) -> Ticket:
    """The conversation, what was said in it, and its ticket: closed, or taken by the operator."""
    conversation, is_new = await conversations.find_or_add(
        session,
        channel=contact.channel,
        address=contact.id or new_id(),
        pulled=True,
        name=contact.name,
    )
    if not is_new:
        return await _known(session, conversation)
    heard = conversations.hear(session, conversation, text=without_codes(contact.text))
    conversation.heard_at = present()
    await session.flush()
    inbox.put(
        session,
        heard,
        channel=contact.channel,
        external_id=heard.id,
        wants="person",
        state="done",  # a person has answered, or will
    )
    await intake.count(session, heard, contact.channel)
    opened = await open_ticket(
        session,
        conversation,
        kind=CONTACT,
        reason=WRITTEN_DOWN,
        topic=contact.topic,
        message_id=heard.id,
    )
    await _go_on(session, opened.ticket, conversation, contact, operator)
    return opened.ticket


async def _go_on(
    session: AsyncSession,
    ticket: Ticket,
    conversation: Conversation,
    contact: Contact,
    operator: Operator,
) -> None:
    taken_by(session, ticket, operator)
    if contact.answer:
        conversations.record_said(
            session, conversation, author_name=operator.name, text=contact.answer
        )
        ticket.replied_at = present()
        note_down(session, ticket, "replied", operator)
    if contact.closed:
        ticket.state, ticket.closed_at = "closed", present()
        note_down(session, ticket, "closed", operator)
    else:
        conversations.pass_to(session, conversation, "operator", ticket_id=ticket.id)
    changed(session, ticket)


async def _known(session: AsyncSession, conversation: Conversation) -> Ticket:
    found = await session.scalars(
        select(Ticket).where(Ticket.conversation_id == conversation.id).limit(1)
    )
    return found.one()
