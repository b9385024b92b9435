"""What operators do with tickets: take · reply · note · close · reopen · hand back."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import attachments, conversations
from handoff.knowledge import Knowledge
from handoff.speech import Speech
from handoff.tables import Conversation, Operator, Ticket, present
from handoff.tickets.opening import LIVE
from handoff.tickets.state import Unread, at, changed, note_down, refuse_unless, taken_by


async def take(
    session: AsyncSession,
    ticket_id: str,
    *,
    version: int,
    operator: Operator,
    knowledge: Knowledge,
) -> Ticket:
    ticket, conversation = await at(session, ticket_id, version)
    await _refuse_if_another_holds(session, ticket, conversation)
    refuse_unless(ticket.state == "open", "la richiesta non è più da prendere", ticket)
    changed(session, ticket)
    await hold(session, ticket, conversation, operator=operator, knowledge=knowledge)
    return ticket


async def hold(
    session: AsyncSession,
    ticket: Ticket,
    conversation: Conversation,
    *,
    operator: Operator,
    knowledge: Knowledge,
) -> None:
    """The bot keeps silent from now on, and the citizen is told who writes."""
    taken_by(session, ticket, operator)
    conversations.pass_to(session, conversation, "operator", ticket_id=ticket.id)
    speech = Speech(session, conversation, knowledge)
    await speech.system("presa_in_carico", {"operatore": operator.name})


async def reply(
    session: AsyncSession,
    ticket_id: str,
    *,
    version: int,
    operator: Operator,
    text: str,
    files: Sequence[str] = (),
    seen: int | None = None,
) -> Ticket:
    """`files`: ids of what the operator uploaded for it. Raises `attachments.Gone`.

    `seen`: number of the last message that the operator had read; raises `Unread`.
    """
    ticket, conversation = await at(session, ticket_id, version)
    refuse_unless(ticket.state == "taken", "la richiesta non è in carico", ticket)
    refuse_unless(ticket.assignee_id == operator.id, "la richiesta è di un collega", ticket)
    if seen is not None and await conversations.wrote_since(session, conversation.id, seq=seen):
        raise Unread("il cittadino ha scritto ancora", ticket.id)
    message = await conversations.say(
        session, conversation, author="operator", author_name=operator.name, text=text
    )
    if files:
        await attachments.give(session, message, operator.id, files)
    ticket.replied_at = ticket.replied_at or present()
    changed(session, ticket)
    note_down(session, ticket, "replied", operator)
    return ticket


async def note(
    session: AsyncSession, ticket_id: str, *, version: int, operator: Operator, text: str
) -> Ticket:
    """A word among colleagues; it never leaves the ticket."""
    ticket, _ = await at(session, ticket_id, version)
    changed(session, ticket)
    note_down(session, ticket, "note", operator, text)
    return ticket


async def register(
    session: AsyncSession, ticket_id: str, *, version: int, operator: Operator, protocol: str
) -> Ticket:
    """Its number in the official register; empty takes a wrong one away."""
    ticket, _ = await at(session, ticket_id, version)
    ticket.protocol = protocol or None
    changed(session, ticket)
    note_down(session, ticket, "protocol", operator, protocol or None)
    return ticket


async def reopen(
    session: AsyncSession, ticket_id: str, *, version: int, operator: Operator
) -> Ticket:
    """Back into the queue; its conversation waits for a person again."""
    ticket, conversation = await at(session, ticket_id, version)
    refuse_unless(ticket.state == "closed", "la richiesta non è chiusa", ticket)
    ticket.state, ticket.assignee_id, ticket.closed_at = "open", None, None
    changed(session, ticket)
    note_down(session, ticket, "reopened", operator)
    if conversation.holder == "bot":
        conversations.pass_to(session, conversation, "queue", ticket_id=ticket.id)
    return ticket


async def hand_back(
    session: AsyncSession,
    ticket_id: str,
    *,
    version: int,
    operator: Operator,
    knowledge: Knowledge,
) -> Ticket:
    """The bot speaks again; the ticket waits in the queue without an owner."""
    ticket, conversation = await at(session, ticket_id, version)
    refuse_unless(ticket.state == "taken", "la richiesta non è in carico", ticket)
    refuse_unless(ticket.assignee_id == operator.id, "la richiesta è di un collega", ticket)
    ticket.state, ticket.assignee_id = "open", None
    changed(session, ticket)
    note_down(session, ticket, "handed_back", operator)
    await let_go(session, ticket, conversation, holder="bot")
    await Speech(session, conversation, knowledge).system("ripresa_bot")
    return ticket


async def close(
    session: AsyncSession, ticket_id: str, *, version: int, operator: Operator
) -> tuple[Ticket, Conversation]:
    """Done. What is said to the citizen then, and what is asked, is `surveys`' part."""
    ticket, conversation = await at(session, ticket_id, version)
    refuse_unless(ticket.state != "closed", "la richiesta è già chiusa", ticket)
    mine = ticket.assignee_id in (None, operator.id)
    refuse_unless(mine, "la richiesta è di un collega", ticket)
    ticket.state, ticket.closed_at = "closed", present()
    ticket.assignee_id = operator.id
    changed(session, ticket)
    note_down(session, ticket, "closed", operator)
    await let_go(session, ticket, conversation, holder=await _next_holder(session, conversation))
    return ticket, conversation


async def let_go(
    session: AsyncSession, ticket: Ticket, conversation: Conversation, *, holder: str
) -> None:
    """The ticket no longer holds its conversation; the bot starts afresh."""
    if conversation.ticket_id != ticket.id:
        return
    waiting = await _waiting(session, conversation) if holder == "queue" else None
    conversation.reset_bot = True
    conversations.pass_to(session, conversation, holder, ticket_id=waiting.id if waiting else None)


async def _next_holder(session: AsyncSession, conversation: Conversation) -> str:
    await session.flush()
    return "queue" if await _waiting(session, conversation) else "bot"


async def _waiting(session: AsyncSession, conversation: Conversation) -> Ticket | None:
    """Another live ticket of this conversation that nobody has taken."""
    found: Ticket | None = await session.scalar(
        select(Ticket)
        .where(
            Ticket.conversation_id == conversation.id,
            Ticket.state == "open",
            Ticket.kind.in_(LIVE),
        )
        .order_by(Ticket.priority, Ticket.opened_at, Ticket.id)
        .limit(1)
    )
    return found


async def _refuse_if_another_holds(
    session: AsyncSession, ticket: Ticket, conversation: Conversation
) -> None:
    another = conversation.holder == "operator" and conversation.ticket_id != ticket.id
    refuse_unless(not another, "una persona sta già parlando con questo cittadino", ticket)
