"""What a ticket is to those who change it: its conversation, its version, its history."""

from sqlalchemy.ext.asyncio import AsyncSession

from handoff import conversations
from handoff.notify import ring
from handoff.tables import Conversation, Operator, Ticket, TicketEvent, present


class NotFound(LookupError):
    pass


class Conflict(Exception):
    """Somebody was faster, or the ticket is not in a state for this."""

    def __init__(self, reason: str, ticket_id: str) -> None:
        super().__init__(reason)
        self.ticket_id = ticket_id  # to read the present state, in another transaction


class Unread(Conflict):
    """The citizen wrote again after what the operator had read."""


async def at(session: AsyncSession, ticket_id: str, version: int) -> tuple[Ticket, Conversation]:
    """The ticket and its conversation, locked (conversation first, as everywhere)."""
    known = await session.get(Ticket, ticket_id)
    if known is None:
        raise NotFound(ticket_id)
    conversation = await conversations.lock(session, known.conversation_id)
    ticket = await session.get_one(Ticket, ticket_id, with_for_update=True, populate_existing=True)
    refuse_unless(ticket.version == version, "la richiesta è cambiata nel frattempo", ticket)
    return ticket, conversation


def refuse_unless(fine: bool, reason: str, ticket: Ticket) -> None:
    if not fine:
        raise Conflict(reason, ticket.id)


def changed(session: AsyncSession, ticket: Ticket) -> None:
    ticket.version += 1
    ticket.updated_at = present()
    ring(session, "tickets")


def note_joined(session: AsyncSession, ticket: Ticket) -> None:
    """The citizen wrote again."""
    changed(session, ticket)
    note_down(session, ticket, "joined")


def taken_by(session: AsyncSession, ticket: Ticket, operator: Operator) -> None:
    ticket.state, ticket.assignee_id, ticket.taken_at = "taken", operator.id, present()
    note_down(session, ticket, "taken", operator)


def note_down(
    session: AsyncSession,
    ticket: Ticket,
    kind: str,
    operator: Operator | None = None,
    text: str | None = None,
) -> None:
    session.add(
        TicketEvent(
            ticket_id=ticket.id,
            kind=kind,
            operator_id=operator.id if operator else None,
            text=text,
        )
    )
    ring(session, "tickets")
