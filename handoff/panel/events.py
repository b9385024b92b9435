"""Hints that a ticket changed; the page asks again, so that rights are checked again."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from sqlalchemy import ScalarSelect, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import Database
from handoff.notify import come_back
from handoff.panel import sessions
from handoff.panel.access import Known
from handoff.tables import Conversation, Outbox, Ticket, present
from handoff.telemetry import watched

LOOK = 3.0  # seconds; wake-ups are hints, this is the safety net
KEEP_ALIVE = 5  # looks; proxies close silent streams
STILL_WATCHED = timedelta(days=1)  # after closing: scores and comments come in
STREAM = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # nginx must not collect
State = tuple[int, str, int, float]  # version, state, last number, what became of messages
router = APIRouter(prefix="/api/panel")


@router.get("/events")
async def stream(request: Request, entry: Known) -> StreamingResponse:
    hints = Hints(request.app.state.database, entry.token_hash)
    events = watched(hints.events(), request.app.state.telemetry, "panel")
    return StreamingResponse(events, media_type="text/event-stream", headers=STREAM)


@dataclass(slots=True)
class Hints:
    """Server-sent events for one page, as long as its session is good."""

    database: Database
    token_hash: str
    _known: dict[str, State] = field(default_factory=dict, init=False)

    async def events(self) -> AsyncGenerator[str]:
        """The first bytes leave at once: the page reads everything when they arrive."""
        async with self.database.bell.listen("tickets") as heard:
            self._known = await self._look() or {}
            yield ": eccoci\n\n"
            silent = 0
            while (seen := await self._look()) is not None:
                if self.database.bell.is_closing:
                    yield come_back()
                    return
                for hint in self._news(seen):
                    silent = 0
                    yield hint
                silent = 0 if await heard.wait(LOOK) else silent + 1
                if silent >= KEEP_ALIVE:
                    silent = 0
                    yield ": \n\n"
        yield "event: logout\ndata: {}\n\n"

    async def _look(self) -> dict[str, State] | None:
        """How things stand; None once the operator may no longer see it."""
        async with self.database.read() as session:
            if await sessions.find(session, self.token_hash) is None:
                return None
            return await _states(session)

    def _news(self, seen: dict[str, State]) -> list[str]:
        changed = [id for id, state in seen.items() if self._known.get(id) != state]
        self._known = seen
        return [_hint(id, *seen[id][:2]) for id in changed]


async def _states(session: AsyncSession) -> dict[str, State]:
    rows = await session.execute(
        select(Ticket.id, Ticket.version, Ticket.state, Conversation.last_seq, _fates())
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .where(or_(Ticket.state != "closed", Ticket.updated_at > present() - STILL_WATCHED))
    )
    return {id: (version, state, last_seq, fates) for id, version, state, last_seq, fates in rows}


def _fates() -> ScalarSelect[float]:
    """When a message of the conversation last left, arrived, was read or failed."""
    return (
        select(func.coalesce(func.max(Outbox.changed), 0.0))
        .where(Outbox.conversation_id == Conversation.id)
        .correlate(Conversation)
        .scalar_subquery()
    )


def _hint(id: str, version: int, state: str) -> str:
    data = json.dumps({"id": id, "version": version, "state": state})
    return f"event: ticket\ndata: {data}\n\n"
