"""Files at the panel: operators read what was kept, and upload what goes with a reply."""

import re
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from handoff import attachments
from handoff.attachments import LARGEST, TOO_BIG, Refused, ScannerAway, Seen
from handoff.channel.webhook import read_body
from handoff.panel.access import PRIVATE, Acting, Known
from handoff.tables import Conversation, Ticket

MISSING = "Questo file non c'è, oppure non è ancora stato verificato."
UNKNOWN = "Questa richiesta non esiste."
NO_FILES = "Su questo canale non si possono inviare file: scriva un testo, per favore."
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
    conversation_id = await _conversation_id(request, ticket_id)
    seen = await _checked(request, unquote(x_file_name), content)
    async with request.app.state.database.begin() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        row = await attachments.add_draft(session, conversation, entry.operator.id, seen, content)
    if row is None:
        raise HTTPException(422, NOBODY)
    return JSONResponse(attachments.shown(row), 201, headers=PRIVATE)


async def _conversation_id(request: Request, ticket_id: str) -> str:
    async with request.app.state.database.read() as session:
        known = ID.fullmatch(ticket_id)
        ticket = await session.get(Ticket, ticket_id) if known else None
        if ticket is None:
            raise HTTPException(404, UNKNOWN)
        conversation: Conversation = await session.get_one(Conversation, ticket.conversation_id)
    refuse_unless_sendable(request, conversation)
    return conversation.id


def refuse_unless_sendable(request: Request, conversation: Conversation) -> None:
    """422 where no file can reach the citizen."""
    channel = request.app.state.house.channels.get(conversation.channel)
    if not conversation.pulled and not (channel and channel.takes_files):
        raise HTTPException(422, NO_FILES)


async def _checked(request: Request, name: str, content: bytes) -> Seen:
    try:
        seen = attachments.check(name, content)
        await request.app.state.house.scanner.look(content)
    except Refused as refusal:
        raise HTTPException(422, str(refusal)) from refusal
    except ScannerAway as away:
        raise HTTPException(503, NOT_SCANNED) from away
    return seen
