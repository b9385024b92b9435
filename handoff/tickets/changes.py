"""What citizens do with their own requests, on the channel that opened them: add · withdraw."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.tables import Conversation, Ticket, present
from handoff.tickets.state import changed, note_down

WITHDRAW, ADD = "ritiro", "dettaglio"  # what the bot's answer calls them
CHANGES = frozenset({WITHDRAW, ADD})
# Nobody takes back a cry for help, nor what the office opened for itself
NOT_THEIRS = frozenset({"emergenza", "crisi", "consegna"})


def may_change(ticket: Ticket) -> bool:
    return ticket.state != "closed" and ticket.kind not in NOT_THEIRS


async def change(
    session: AsyncSession,
    conversation: Conversation,
    *,
    kind: str,
    name: str,
    text: str | None = None,
) -> Ticket | None:
    """Add `text` to a request or withdraw it. The conversation must be locked.

    None when this conversation has no such request that is still open: nothing was changed.
    """
    ticket = await _own(session, conversation, name)
    if ticket is None or not may_change(ticket) or kind == ADD and not (text or "").strip():
        return None
    if kind == WITHDRAW:
        ticket.state, ticket.closed_at = "closed", present()
    changed(session, ticket)
    note_down(session, ticket, *_event(kind, text))
    return ticket


def _event(kind: str, text: str | None) -> tuple[str, None, str | None]:
    return ("withdrawn", None, None) if kind == WITHDRAW else ("detail", None, text)


async def _own(session: AsyncSession, conversation: Conversation, name: str) -> Ticket | None:
    found: Ticket | None = await session.scalar(
        select(Ticket)
        .where(Ticket.name == name, Ticket.conversation_id == conversation.id)
        .with_for_update()
    )
    return found
