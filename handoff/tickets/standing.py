"""How requests stand, as far as it may be told: states and days, nothing that was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.tables import Ticket, TicketEvent
from handoff.tickets.changes import may_change
from handoff.tickets.clock import Clock, Stage, Terms

ENDINGS = ("closed", "withdrawn", "reopened")


@dataclass(frozen=True, slots=True)
class Standing:
    name: str
    kind: str
    state: str  # open | taken | closed | withdrawn
    changeable: bool  # on the channel that opened it
    opened_at: datetime
    taken_at: datetime | None
    replied_at: datetime | None
    closed_at: datetime | None
    terms: Terms | None
    stage: Stage | None  # of the terms, on the day of asking


async def standings(
    session: AsyncSession, found: Sequence[Ticket], *, clock: Clock, today: date
) -> list[Standing]:
    """`today` is the day in Rome."""
    withdrawn = await _withdrawn(session, found)
    return [_standing(ticket, ticket.id in withdrawn, clock, today) for ticket in found]


def _standing(ticket: Ticket, is_withdrawn: bool, clock: Clock, today: date) -> Standing:
    terms = None if is_withdrawn else clock.of(ticket)
    return Standing(
        name=ticket.name,
        kind=ticket.kind,
        state="withdrawn" if is_withdrawn else ticket.state,
        changeable=may_change(ticket),
        opened_at=ticket.opened_at,
        taken_at=ticket.taken_at,
        replied_at=ticket.replied_at,
        closed_at=ticket.closed_at,
        terms=terms,
        stage=terms.stage(today) if terms else None,
    )


async def _withdrawn(session: AsyncSession, found: Sequence[Ticket]) -> set[str]:
    """Those closed by the citizen: the last of their endings is a withdrawal."""
    closed = [ticket.id for ticket in found if ticket.state == "closed"]
    last = (
        select(func.max(TicketEvent.id))
        .where(TicketEvent.ticket_id.in_(closed), TicketEvent.kind.in_(ENDINGS))
        .group_by(TicketEvent.ticket_id)
    )
    rows = await session.scalars(
        select(TicketEvent.ticket_id).where(
            TicketEvent.id.in_(last), TicketEvent.kind == "withdrawn"
        )
    )
    return set(rows)
