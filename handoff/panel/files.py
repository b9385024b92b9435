"""Files at the panel: operators read what was kept, and upload what goes with a reply."""

import re
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import attachments, joining
from handoff.attachments import LARGEST, TOO_BIG, Refused, ScannerAway, Seen
from handoff.channel.webhook import read_body
from handoff.panel.access import PRIVATE, Acting, Known
from handoff.panel.kin import may_be_written
from handoff.panel.reach import why_no_file
from handoff.tables import Conversation, Ticket

MISSING = "Questo file non c'è, oppure non è ancora stato verificato."
UNKNOWN = "Questa richiesta non esiste."
NOT_SCANNED = "La verifica antivirus non risponde: riprovi tra qualche minuto."
NO_ROOM = "Lo spazio su disco sta finendo: per ora non si caricano file."
NOBODY = "In questa conversazione non c'è ancora nessun messaggio a cui allegare un file."
ID = re.compile("[0-9a-f]{32}")
router = APIRouter()


@router.get("/allegati/{attachment_id}")
async def download(request: Request, attachment_id: str, entry: Known) -> Response:
    """Originals too. What is in verification or was refused is not there."""
    found = None
    if ID.fullmatch(attachment_id):
        async with request.app.state.database.read() as session:
            found = await attachments.kept(session, attachment_id)
    if found is None:
        raise HTTPException(404, MISSING)
    return Response(
        found.content, media_type=found.media_type, headers=attachments.headers(found.name)
    )


async def _uploaded(request: Request, entry: Acting) -> bytes:
    """The raw body; 413 when it is too large, whatever the headers promise."""
    if request.app.state.house.room.is_scarce:
        raise HTTPException(503, NO_ROOM)
    try:
        return await read_body(request, largest=LARGEST)
    except HTTPException as error:
        raise HTTPException(error.status_code, TOO_BIG) from error


@router.post("/api/panel/tickets/{ticket_id}/attachments", status_code=201)
async def upload(
    request: Request,
    ticket_id: str,
    entry: Acting,
    content: Annotated[bytes, Depends(_uploaded)],
    x_file_name: Annotated[str, Header()] = "",
) -> Response:
    """The name travels percent-encoded in X-File-Name. Checked before it is accepted."""
    seen = await _checked(request, unquote(x_file_name), content)
    async with request.app.state.database.begin() as session:
        conversation = await _conversation(session, ticket_id)
        if not await _goes_elsewhere(request, session, conversation, seen, len(content)):
            refuse_unless_sendable(request, conversation, seen.media_type, len(content))
        row = await attachments.add_draft(session, conversation, entry.operator.id, seen, content)
    if row is None:
        raise HTTPException(422, NOBODY)
    return JSONResponse(attachments.shown(row), 201, headers=PRIVATE)


async def _conversation(session: AsyncSession, ticket_id: str) -> Conversation:
    known = ID.fullmatch(ticket_id)
    ticket = await session.get(Ticket, ticket_id) if known else None
    if ticket is None:
        raise HTTPException(404, UNKNOWN)
    return await session.get_one(Conversation, ticket.conversation_id)


async def _goes_elsewhere(
    request: Request, session: AsyncSession, conversation: Conversation, seen: Seen, size: int
) -> bool:
    """Whether another channel of the same citizen can bring it: the reply may go there."""
    channels = request.app.state.house.channels
    return any(
        may_be_written(channel, other)
        and why_no_file(channel, other, seen.media_type, size) is None
        for other in await joining.others(session, conversation)
        for channel in (channels.get(other.channel),)
    )


def refuse_unless_sendable(
    request: Request, conversation: Conversation, media_type: str, size: int
) -> None:
    """422 with the reason where such a file cannot reach the citizen."""
    channel = request.app.state.house.channels.get(conversation.channel)
    if reason := why_no_file(channel, conversation, media_type, size):
        raise HTTPException(422, reason)


async def _checked(request: Request, name: str, content: bytes) -> Seen:
    try:
        seen = attachments.check(name, content)
        await request.app.state.house.scanner.look(content)
    except Refused as refusal:
        raise HTTPException(422, str(refusal)) from refusal
    except ScannerAway as away:
        raise HTTPException(503, NOT_SCANNED) from away
    return seen
