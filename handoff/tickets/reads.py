"""Looking at tickets."""

import secrets

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.tables import Ticket, TicketEvent
from handoff.tickets.keys import hash_key


async def queue(
    session: AsyncSession, *, states: tuple[str, ...], assignee_id: str | None = None
) -> list[Ticket]:
    """Tickets in these states: the most urgent first, then the oldest."""
    wanted = select(Ticket).where(Ticket.state.in_(states))
    if assignee_id is not None:
        wanted = wanted.where(Ticket.assignee_id == assignee_id)
    return list(
        await session.scalars(
            wanted.order_by(Ticket.priority, Ticket.opened_at, Ticket.id).limit(500)
        )
    )


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many tickets there are in each state."""
    rows = await session.execute(select(Ticket.state, func.count()).group_by(Ticket.state))
    return {state: number for state, number in rows}


async def history(session: AsyncSession, ticket_id: str) -> list[TicketEvent]:
    return list(
        await session.scalars(
            select(TicketEvent).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.id)
        )
    )


async def name_of(session: AsyncSession, ticket_id: str | None) -> str:
    return (await session.get_one(Ticket, ticket_id)).name


async def of_conversation(session: AsyncSession, conversation_id: str) -> list[Ticket]:
    return list(
        await session.scalars(
            select(Ticket)
            .where(Ticket.conversation_id == conversation_id)
            .order_by(Ticket.opened_at)
        )
    )


async def waits_for(session: AsyncSession, conversation_id: str, *, kind: str) -> bool:
    """True if a ticket of this kind is not closed yet."""
    found = await session.scalar(
        select(Ticket.id)
        .where(
            Ticket.conversation_id == conversation_id,
            Ticket.kind == kind,
            Ticket.state != "closed",
        )
        .limit(1)
    )
    return found is not None


async def with_key(session: AsyncSession, *, name: str, key: str) -> Ticket | None:
    """The named ticket if the key fits; a wrong name and a wrong key look the same."""
    ticket: Ticket | None = await session.scalar(select(Ticket).where(Ticket.name == name.upper()))
    given = hash_key(key)
    known = ticket.key_hash if ticket else "0" * 64
    return ticket if secrets.compare_digest(given, known) else None
