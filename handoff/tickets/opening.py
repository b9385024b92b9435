"""A ticket begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import conversations
from handoff.tables import Conversation, Ticket
from handoff.tickets.keys import hash_key, new_key, new_name
from handoff.tickets.state import changed, note_down

PRIORITIES = {"emergenza": 0, "crisi": 0, "guasto": 1, "persona": 1, "consegna": 2, "oggetti": 2}
ELSE_PRIORITY = 3
LIVE = frozenset({"emergenza", "crisi", "persona", "guasto"})  # the citizen waits in the chat


@dataclass(frozen=True, slots=True)
class Opened:
    ticket: Ticket
    key: str  # for reading the state elsewhere; only its hash is stored


async def open_ticket(
    session: AsyncSession,
    conversation: Conversation,
    *,
    kind: str,
    reason: str,
    topic: str | None = None,
    fields: Mapping[str, Any] | None = None,
    message_id: str | None = None,
) -> Opened:
    """Open a ticket. A live kind puts the conversation in the queue. It must be locked."""
    key = new_key()
    ticket = Ticket(
        key_hash=hash_key(key),
        conversation_id=conversation.id,
        message_id=message_id,
        kind=kind,
        reason=reason,
        topic=topic,
        fields=dict(fields or {}),
        priority=PRIORITIES.get(kind, ELSE_PRIORITY),
    )
    await _name(session, ticket)
    note_down(session, ticket, "opened")
    if kind in LIVE and conversation.holder == "bot":
        conversations.pass_to(session, conversation, "queue", ticket_id=ticket.id)
    return Opened(ticket, key)


async def _name(session: AsyncSession, ticket: Ticket) -> None:
    """Give it the first free name; the unique index decides what is free."""
    while True:
        ticket.name = new_name()
        try:
            async with session.begin_nested():
                session.add(ticket)
                await session.flush()
        except IntegrityError as error:
            if "name" not in str(error.orig):
                raise
        else:
            return


async def escalate(
    session: AsyncSession, conversation: Conversation, *, kind: str, fields: Mapping[str, Any]
) -> Ticket:
    """An emergency in a conversation that a person already holds: its ticket comes first now."""
    ticket = await session.get_one(Ticket, conversation.ticket_id, with_for_update=True)
    ticket.kind, ticket.priority = kind, 0
    ticket.fields = {**fields, **ticket.fields}
    changed(session, ticket)
    note_down(session, ticket, "escalated")
    return ticket
