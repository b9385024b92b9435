"""The panel's API for messages that did not arrive: again, or by an approved template."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import tickets
from handoff.channel import Template
from handoff.panel import bodies
from handoff.panel.access import PRIVATE, Acting, Known
from handoff.panel.bodies import Sending
from handoff.panel.reach import why_not_again
from handoff.panel.tickets import Stepped, TicketId, change_ticket, found_ticket
from handoff.tables import Conversation, Message, present

NO_TEMPLATES = "Su questo canale non si inviano modelli."
NO_TEMPLATE = "Questo modello non esiste."
router = APIRouter(prefix="/api/panel")


@router.get("/templates")
async def shelf(request: Request, _: Known) -> JSONResponse:
    """The approved texts, and which of them are only samples."""
    found = request.app.state.templates.by_name.values()
    told = [
        {"name": each.name, "text": each.text, "gaps": each.gaps, "sample": each.sample}
        for each in found
    ]
    return JSONResponse({"templates": told}, headers=PRIVATE)


@router.post("/tickets/{ticket_id}/messages/{message_id}/resend")
async def resend(
    request: Request, ticket_id: TicketId, message_id: str, entry: Acting, step: Stepped
) -> Response:
    async def send(session: AsyncSession) -> None:
        await _refuse_in_vain(request, session, message_id)
        await tickets.resend(
            session, ticket_id, message_id, operator=entry.operator, version=step.version
        )

    return await change_ticket(request, ticket_id, send)


@router.post("/tickets/{ticket_id}/template")
async def template(
    request: Request,
    ticket_id: TicketId,
    entry: Acting,
    wanted: Annotated[Sending, Depends(bodies.sending)],
) -> Response:
    approved = request.app.state.templates.by_name.get(wanted.name)
    if approved is None:
        raise HTTPException(422, NO_TEMPLATE)
    try:
        text = approved.filled(wanted.values)
    except ValueError as error:
        raise HTTPException(422, bodies.NO_VALUES) from error

    async def send(session: AsyncSession) -> None:
        await _refuse_without_templates(request, session, ticket_id)
        await tickets.send_template(
            session,
            ticket_id,
            version=wanted.version,
            operator=entry.operator,
            template=Template(
                name=approved.name, language=approved.language, values=tuple(wanted.values)
            ),
            text=text,
        )

    return await change_ticket(request, ticket_id, send)


async def _refuse_in_vain(request: Request, session: AsyncSession, message_id: str) -> None:
    """What would fail again for its lateness: with the way that is left."""
    message = await session.get(Message, message_id)
    if message is None or message.template is not None:
        return
    conversation = await session.get_one(Conversation, message.conversation_id)
    channel = request.app.state.channels.get(conversation.channel)
    reason = why_not_again(channel, conversation, present(), author=message.author)
    if reason is not None:
        raise HTTPException(422, reason)


async def _refuse_without_templates(
    request: Request, session: AsyncSession, ticket_id: str
) -> None:
    ticket = await found_ticket(session, ticket_id)
    conversation = await session.get_one(Conversation, ticket.conversation_id)
    channel = request.app.state.channels.get(conversation.channel)
    if channel is None or not channel.has_templates:
        raise HTTPException(422, NO_TEMPLATES)
