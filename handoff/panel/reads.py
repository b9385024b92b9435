"""What the panel reads: shelves of the queue, and what stands around a ticket."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import tickets
from handoff.tables import Conversation, Message, Operator, Outbox, Ticket, TicketEvent

SHELVES = ("open", "mine", "taken", "closed", "all")
CLOSED_SHOWN = 100  # the latest; older ones are for searching
PAGE = 100  # messages
# A file without words says nothing on a card; what was said before it still does.
_HAS_WORDS = and_(Message.author == "citizen", Message.text != "")


@dataclass(frozen=True, slots=True)
class Around:
    """What a card of the queue says beyond its ticket."""

    conversation: Conversation
    last_words: str  # of the citizen; files alone are none
    awaits_reply: bool  # the citizen spoke after the last operator did, here or elsewhere


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message on its way; `cause` of a failure, `reason` in a sentence."""

    state: str | None
    cause: str | None = None
    reason: str | None = None


async def shelf(session: AsyncSession, state: str, *, mine: str) -> list[Ticket]:
    """The most urgent first; of the closed ones the latest."""
    if state == "open":
        return await tickets.queue(session, states=("open",))
    if state == "mine":
        return await tickets.queue(session, states=("taken",), assignee_id=mine)
    if state == "taken":
        return await tickets.queue(session, states=("taken",))
    closed = await _closed(session)
    if state == "closed":
        return closed
    return await tickets.queue(session, states=("open", "taken")) + closed


async def _closed(session: AsyncSession) -> list[Ticket]:
    found = await session.scalars(
        select(Ticket)
        .where(Ticket.state == "closed")
        .order_by(Ticket.closed_at.desc())
        .limit(CLOSED_SHOWN)
    )
    return list(found)


async def counts(session: AsyncSession, *, mine: str) -> dict[str, int]:
    by_state = await tickets.counts(session)
    own = await session.scalar(
        select(func.count()).where(Ticket.state == "taken", Ticket.assignee_id == mine)
    )
    return {
        "open": by_state.get("open", 0),
        "mine": own or 0,
        "taken": by_state.get("taken", 0),
        "closed": by_state.get("closed", 0),
    }


async def around(session: AsyncSession, found: Collection[Ticket]) -> dict[str, Around]:
    """By conversation; two questions to the database, however many tickets there are."""
    wanted = {ticket.conversation_id for ticket in found}
    spoke = (
        select(
            Message.conversation_id.label("id"),
            func.max(case((Message.author == "citizen", Message.seq))).label("citizen"),
            func.max(case((Message.author == "citizen", Message.created_at))).label("wrote_at"),
            func.max(case((_HAS_WORDS, Message.seq))).label("words"),
            func.max(case((Message.author == "operator", Message.seq))).label("operator"),
        )
        .where(Message.conversation_id.in_(wanted))
        .group_by(Message.conversation_id)
        .subquery()
    )
    rows = await session.execute(
        select(
            *(Conversation, Message.text, spoke.c.citizen, spoke.c.wrote_at, spoke.c.operator),
            _answered_elsewhere(),
        )
        .join(spoke, spoke.c.id == Conversation.id, isouter=True)
        .join(
            Message,
            (Message.conversation_id == Conversation.id) & (Message.seq == spoke.c.words),
            isouter=True,
        )
        .where(Conversation.id.in_(wanted))
    )
    return {
        conversation.id: Around(
            conversation,
            text or "",
            (citizen or 0) > (operator or 0) and not (elsewhere and elsewhere > wrote_at),
        )
        for conversation, text, citizen, wrote_at, operator, elsewhere in rows
    }


def _answered_elsewhere() -> ScalarSelect[datetime]:
    """When an operator last answered a request of this conversation on another channel."""
    return (
        select(func.max(TicketEvent.created_at))
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(Ticket.conversation_id == Conversation.id, TicketEvent.kind == "replied_there")
        .correlate(Conversation)
        .scalar_subquery()
    )


async def names(session: AsyncSession, ids: Collection[str | None]) -> dict[str | None, str]:
    rows = await session.execute(
        select(Operator.id, Operator.name).where(Operator.id.in_({id for id in ids if id}))
    )
    return {id: name for id, name in rows}


async def messages_before(
    session: AsyncSession, conversation_id: str, *, seq: int
) -> Sequence[Message]:
    """A page of what was said before `seq`, in order."""
    found = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq < seq)
        .order_by(Message.seq.desc())
        .limit(PAGE)
    )
    return list(found)[::-1]


async def deliveries(session: AsyncSession, messages: Collection[Message]) -> dict[str, Delivery]:
    """By message; none where citizens fetch their messages themselves."""
    rows = await session.execute(
        select(Outbox.message_id, Outbox.state, Outbox.cause, Outbox.reason).where(
            Outbox.message_id.in_([message.id for message in messages])
        )
    )
    return {message_id: Delivery(*how) for message_id, *how in rows}


async def answer_to(session: AsyncSession, message_id: str | None) -> Message | None:
    """What the bot said to the message that led to a ticket: its trace tells how it understood."""
    found: Message | None = await session.scalar(
        select(Message)
        .where(Message.reply_to == message_id, Message.author == "bot")
        .order_by(Message.seq)
        .limit(1)
    )
    return found
