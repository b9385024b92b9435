"""What the bot's actions may look up. Nothing here writes."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import tickets
from handoff.api import directory
from handoff.api.access import require_secret
from handoff.db import Database
from handoff.knowledge import Desks, told
from handoff.tables import Ticket
from handoff.tickets import Clock, Standing


def _ours(request: Request) -> None:
    require_secret(request, request.app.state.settings.internal_token)


router = APIRouter(prefix="/api/internal", dependencies=[Depends(_ours)], include_in_schema=False)
router.include_router(directory.router)


class Question(BaseModel):
    conversation_id: str
    name: str | None = None
    key: str | None = None


@router.get("/desks")
async def desks(
    request: Request, q: Annotated[str, Query(max_length=4000)]
) -> dict[str, list[dict[str, Any]]]:
    """What the question may mean, and its answer for this moment or for the day it names."""
    found: Desks = request.app.state.desks
    moment = datetime.now(UTC)
    return {"desks": [told(each, moment, question=q) for each in found.find(q)]}


@router.get("/desks/{desk_id}")
async def desk(request: Request, desk_id: str) -> dict[str, Any]:
    found = request.app.state.desks.desk(desk_id)
    if found is None:
        raise HTTPException(404, "Sportello sconosciuto.")
    return told(found, datetime.now(UTC))


@router.post("/tickets/state")
async def ticket_state(request: Request, question: Question) -> dict[str, Any]:
    """The conversation's own tickets, or the named one when it is its own or the key fits."""
    database: Database = request.app.state.database
    clock: Clock = request.app.state.clock
    async with database.read() as session:
        own = await tickets.of_conversation(session, question.conversation_id)
        found = await _wanted(session, own, question)
        today = tickets.day_of(datetime.now(UTC))
        told = await tickets.standings(session, found, clock=clock, today=today)
    names = {ticket.name for ticket in own}
    caveat = request.app.state.knowledge.wording("dato_dimostrativo").text
    return {"tickets": [_as_json(each, own=each.name in names, caveat=caveat) for each in told]}


async def _wanted(session: AsyncSession, own: list[Ticket], question: Question) -> list[Ticket]:
    if question.name is None:
        return own
    named = [ticket for ticket in own if ticket.name == question.name.upper()]
    if named or not question.key:
        return named
    found = await tickets.with_key(session, name=question.name, key=question.key)
    return [found] if found else []


def _as_json(found: Standing, *, own: bool, caveat: str) -> dict[str, Any]:
    terms = found.terms
    return {
        "name": found.name,
        "state": found.state,
        "kind": found.kind,
        "changeable": own and found.changeable,
        "opened_at": found.opened_at.isoformat(),
        "closed_at": found.closed_at.isoformat() if found.closed_at else None,
        "stage": found.stage,
        "start_by": _day(terms.start_by) if terms else None,
        "answer_by": _day(terms.answer_by) if terms else None,
        "answered_on": _day(terms.answered_on) if terms else None,
        "review_by": _day(terms.review_by) if terms else None,
        "caveat": caveat if terms and terms.answer_is_sample else "",
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
