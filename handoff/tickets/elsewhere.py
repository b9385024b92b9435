"""An operator answers on another channel that the same citizen joined with this one."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import attachments, conversations
from handoff.knowledge import Knowledge
from handoff.tables import Conversation, Operator, Ticket, present
from handoff.tickets.opening import open_ticket
from handoff.tickets.state import NotFound, at, changed, note_down, refuse_unless
from handoff.tickets.work import hold

PERSON, ELSEWHERE = "persona", "altro_canale"  # kind and reason of the ticket over there
NOT_JOINED = "i due canali non sono più collegati"
A_COLLEAGUE = "su quel canale sta già rispondendo un collega"


async def reply_elsewhere(
    session: AsyncSession,
    ticket_id: str,
    conversation_id: str,
    *,
    version: int,
    operator: Operator,
    text: str,
    knowledge: Knowledge,
    files: Sequence[str] = (),
) -> Ticket:
    """Say it in the other conversation, where the operator then holds the word.

    Both tickets keep it in their history; whether that channel may be written to, and carries
    the `files` uploaded for this ticket, is asked before. Raises `attachments.Gone`.
    """
    await _lock_both(session, ticket_id, conversation_id)
    ticket, here = await at(session, ticket_id, version)
    there = await conversations.lock(session, conversation_id)
    refuse_unless(ticket.state == "taken", "la richiesta non è in carico", ticket)
    refuse_unless(ticket.assignee_id == operator.id, "la richiesta è di un collega", ticket)
    joined = here.citizen_id is not None and here.citizen_id == there.citizen_id
    refuse_unless(joined and here.id != there.id, NOT_JOINED, ticket)
    if (theirs := await _held(session, there)) is None:
        theirs = await _open(session, there, ticket)
    mine = theirs.assignee_id in (None, operator.id)
    refuse_unless(mine, A_COLLEAGUE, ticket)
    if theirs.state == "open":
        await hold(session, theirs, there, operator=operator, knowledge=knowledge)
    said = await conversations.say(
        session, there, author="operator", author_name=operator.name, text=text
    )
    if files:
        await attachments.give(session, said, operator.id, files, drafted_in=here.id)
    theirs.replied_at = theirs.replied_at or present()
    changed(session, theirs)
    note_down(session, theirs, "replied_for", operator, ticket.name)
    ticket.replied_at = ticket.replied_at or present()
    changed(session, ticket)
    note_down(session, ticket, "replied_there", operator, there.channel)
    return ticket


async def _lock_both(session: AsyncSession, ticket_id: str, conversation_id: str) -> None:
    """In the order of their ids, as everywhere that two are locked."""
    known = await session.get(Ticket, ticket_id)
    ids = {known.conversation_id, conversation_id} if known else set()
    found = await session.scalars(
        select(Conversation.id)
        .where(Conversation.id.in_(ids))
        .order_by(Conversation.id)
        .with_for_update()
    )
    if not ids or set(found) != ids:
        raise NotFound(ticket_id)


async def _held(session: AsyncSession, there: Conversation) -> Ticket | None:
    if there.ticket_id is None:
        return None
    found: Ticket = await session.get_one(
        Ticket, there.ticket_id, with_for_update=True, populate_existing=True
    )
    return found


async def _open(session: AsyncSession, there: Conversation, ticket: Ticket) -> Ticket:
    opened = await open_ticket(session, there, kind=PERSON, reason=ELSEWHERE, topic=ticket.topic)
    return opened.ticket
