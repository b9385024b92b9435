"""The panel's API of a citizen's other channels: read what was said there, and answer there."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import joining, tickets
from handoff.attachments import drafts
from handoff.panel import bodies, thread
from handoff.panel.access import PRIVATE, Acting, Known
from handoff.panel.bodies import Elsewhere
from handoff.panel.files import refuse_unless_sendable
from handoff.panel.kin import may_be_written
from handoff.panel.tickets import TicketId, change_ticket, found_ticket
from handoff.tables import Conversation

NOT_THEIRS = "Questa conversazione non è collegata alla richiesta."
NOT_NOW = "Su quel canale ora non si può scrivere al cittadino."
router = APIRouter(prefix="/api/panel/tickets/{ticket_id}")


@router.get("/elsewhere/{conversation_id}/messages")
async def said_there(
    request: Request,
    response: Response,
    ticket_id: TicketId,
    conversation_id: str,
    _: Known,
    before: Annotated[int, Query(ge=1, lt=2**31)] = 2**31 - 1,
) -> dict[str, Any]:
    response.headers.update(PRIVATE)
    async with request.app.state.database.read() as session:
        there = await _joined(session, ticket_id, conversation_id)
        return await thread.messages(session, there.id, before=before)


@router.post("/reply-elsewhere")
async def reply_elsewhere(
    request: Request,
    ticket_id: TicketId,
    entry: Acting,
    words: Annotated[Elsewhere, Depends(bodies.elsewhere)],
) -> Response:
    async def reply(session: AsyncSession) -> None:
        files = await drafts(session, entry.operator.id, words.attachments)
        await tickets.reply_elsewhere(
            session,
            ticket_id,
            words.conversation_id,
            text=words.text,
            operator=entry.operator,
            version=words.version,
            knowledge=request.app.state.knowledge,
            files=words.attachments,
        )
        there = await session.get_one(Conversation, words.conversation_id)  # locked by now
        if not may_be_written(request.app.state.channels.get(there.channel), there):
            raise HTTPException(422, NOT_NOW)
        for file in files:
            refuse_unless_sendable(request, there, file.media_type, file.size or 0)

    return await change_ticket(request, ticket_id, reply)


async def _joined(session: AsyncSession, ticket_id: str, conversation_id: str) -> Conversation:
    """404 unless this conversation is the same citizen's."""
    ticket = await found_ticket(session, ticket_id)
    here = await session.get_one(Conversation, ticket.conversation_id)
    for other in await joining.others(session, here):
        if other.id == conversation_id:
            return other
    raise HTTPException(404, NOT_THEIRS)
