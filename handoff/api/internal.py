"""What the bot's actions may look up. Nothing here writes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel

from handoff import tickets
from handoff.api import directory
from handoff.api.access import require_secret
from handoff.db import Database
from handoff.knowledge import Desks, told
from handoff.tables import Ticket


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
    async with database.read() as session:
        own = await tickets.of_conversation(session, question.conversation_id)
        if question.name is None:
            return {"tickets": _as_json(own)}
        named = [ticket for ticket in own if ticket.name == question.name.upper()]
        if not named and question.key:
            found = await tickets.with_key(session, name=question.name, key=question.key)
            named = [found] if found else []
    return {"tickets": _as_json(named)}


def _as_json(found: Sequence[Ticket]) -> list[dict[str, Any]]:
    return [
        {
            "name": ticket.name,
            "state": ticket.state,
            "kind": ticket.kind,
            "opened_at": ticket.opened_at.isoformat(),
            "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None,
        }
        for ticket in found
    ]
