"""Tickets as the panel's page reads them. A citizen's reading key is never among it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handoff import surveys, tickets
from handoff.channel import Channel
from handoff.knowledge import Knowledge
from handoff.panel import reads
from handoff.panel.deadlines import due_at, terms_of
from handoff.panel.kin import kin
from handoff.panel.reach import reach
from handoff.panel.reads import Around
from handoff.panel.thread import messages
from handoff.tables import Conversation, Ticket, present
from handoff.tickets import Clock

EXCERPT = 160  # characters
ONLY_FILES = "Ha inviato un file."
FIRST_PAGE = 2**31 - 1


async def cards(
    session: AsyncSession, found: Sequence[Ticket], *, knowledge: Knowledge, clock: Clock
) -> list[dict[str, Any]]:
    around = await reads.around(session, found)
    names = await reads.names(session, [ticket.assignee_id for ticket in found])
    return [
        _card(ticket, around[ticket.conversation_id], names, knowledge=knowledge, clock=clock)
        for ticket in found
    ]


def _card(
    ticket: Ticket,
    around: Around,
    names: dict[str | None, str],
    *,
    knowledge: Knowledge,
    clock: Clock,
) -> dict[str, Any]:
    conversation = around.conversation
    assignee = ticket.assignee_id
    return {
        "id": ticket.id,
        "name": ticket.name,
        "kind": ticket.kind,
        "reason": ticket.reason,
        "topic": ticket.topic,
        "topic_title": knowledge.title(ticket.topic) if ticket.topic else None,
        "state": ticket.state,
        "priority": ticket.priority,
        "version": ticket.version,
        "assignee": {"id": assignee, "name": names.get(assignee, "")} if assignee else None,
        "channel": conversation.channel,
        "citizen": conversation.name,
        "conversation_id": conversation.id,
        "holder": conversation.holder,
        "excerpt": _excerpt(ticket, around),
        "awaits_reply": around.awaits_reply,
        "opened_at": _iso(ticket.opened_at),
        "updated_at": _iso(ticket.updated_at),
        "replied_at": _iso(ticket.replied_at),
        "closed_at": _iso(ticket.closed_at),
        "due_at": _iso(due_at(ticket, clock)),
        "terms": terms_of(ticket, clock, present()),
    }


def _excerpt(ticket: Ticket, around: Around) -> str:
    """An emergency's words; of a form the longest answer, which tells most; the last words."""
    longest = max((str(value) for value in ticket.fields.values()), key=len, default="")
    told = str(ticket.fields.get("emergenza") or longest)
    words = told or around.last_words or (ONLY_FILES if around.awaits_reply else "")
    return " ".join(words.split())[:EXCERPT]


async def details(
    session: AsyncSession,
    ticket: Ticket,
    *,
    knowledge: Knowledge,
    clock: Clock,
    channels: Mapping[str, Channel],
) -> dict[str, Any]:
    """A card, and all that the other two panes show."""
    conversation = await session.get_one(Conversation, ticket.conversation_id)
    [card] = await cards(session, [ticket], knowledge=knowledge, clock=clock)
    survey = await surveys.of_ticket(session, ticket.id)
    return {
        **card,
        **await messages(session, ticket.conversation_id, before=FIRST_PAGE),
        "reach": reach(channels.get(conversation.channel), conversation, present()),
        "elsewhere": await kin(session, conversation, channels),
        "protocol": ticket.protocol,
        "fields": ticket.fields,
        "events": await _events(session, ticket),
        "understood": await _understood(session, ticket, knowledge=knowledge),
        "others": await _others(session, ticket),
        "survey": {"score": survey.score, "comment": survey.comment} if survey else None,
    }


async def _events(session: AsyncSession, ticket: Ticket) -> list[dict[str, Any]]:
    history = await tickets.history(session, ticket.id)
    names = await reads.names(session, [event.operator_id for event in history])
    return [
        {
            "id": event.id,
            "kind": event.kind,
            "author": names.get(event.operator_id),
            "text": event.text,
            "created_at": _iso(event.created_at),
        }
        for event in history
    ]


async def _understood(
    session: AsyncSession, ticket: Ticket, *, knowledge: Knowledge
) -> dict[str, Any] | None:
    answer = await reads.answer_to(session, ticket.message_id)
    intent = answer.trace.get("intent") if answer else None
    if answer is None or not intent:
        return None
    return {
        "intent": intent,
        "title": knowledge.title(intent),
        "confidence": answer.trace.get("confidence"),
        "decision": answer.trace.get("decision"),
    }


async def _others(session: AsyncSession, ticket: Ticket) -> list[dict[str, Any]]:
    """What else this conversation led to, the latest first."""
    return [
        {"id": other.id, "name": other.name, "kind": other.kind, "state": other.state}
        for other in _latest_first(await tickets.of_conversation(session, ticket.conversation_id))
        if other.id != ticket.id
    ]


def _latest_first(found: Iterable[Ticket]) -> list[Ticket]:
    return sorted(found, key=lambda ticket: ticket.opened_at, reverse=True)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
