"""Files of the web chat: a citizen sends one, and reads those of their own conversation."""

import re
from typing import Annotated, Any
from urllib.parse import unquote
from uuid import UUID

from fastapi import APIRouter, Depends, Header, HTTPException, Request, Response

from handoff import attachments
from handoff.api import limits
from handoff.api.said import NO_ID
from handoff.api.sessions import CHANNEL, Caller, known_caller
from handoff.attachments import LARGEST, NOT_NOW, TOO_BIG, Refused
from handoff.channel import Attachment, Inbound, Received
from handoff.channel.webhook import read_body

MISSING = "Questo file non c'è."
ID = re.compile("[0-9a-f]{32}")
router = APIRouter(prefix="/api/webchat/attachments", include_in_schema=False)
Known = Annotated[Caller, Depends(known_caller)]


async def _content(request: Request, caller: Known) -> bytes:
    """The raw body of somebody whom we know; 413 when it is too large."""
    await limits.count(request, limits.MESSAGES, caller.conversation_id)
    if request.app.state.house.room.is_scarce:
        raise HTTPException(503, NOT_NOW)
    try:
        return await read_body(request, largest=LARGEST)
    except HTTPException as error:
        raise HTTPException(error.status_code, TOO_BIG) from error


@router.post("", status_code=202)
async def send(
    request: Request,
    caller: Known,
    content: Annotated[bytes, Depends(_content)],
    x_client_message_id: Annotated[str, Header()] = "",
    x_file_name: Annotated[str, Header()] = "",
) -> dict[str, Any]:
    """A message that is a file. Its kind is judged at once, viruses are looked for later."""
    number, name = _number(x_client_message_id), unquote(x_file_name)
    try:
        seen = attachments.check(name, content)
    except Refused as refusal:
        raise HTTPException(422, str(refusal)) from refusal
    file = Attachment(
        kind=attachments.kind_of(seen.media_type),
        name=seen.name,
        media_type=seen.media_type,
        content=content,
    )
    inbound = Inbound(
        channel=CHANNEL,
        external_id=f"{caller.conversation_id}:{number}",
        address=caller.address,
        attachments=(file,),
    )
    return _receipt(await request.app.state.gateway.receive(inbound))


def _number(client_message_id: str) -> UUID:
    try:
        return UUID(client_message_id)
    except ValueError as error:
        raise HTTPException(422, NO_ID) from error


def _receipt(received: Received) -> dict[str, Any]:
    return {"id": received.message_id, "seq": received.seq, "duplicate": received.duplicate}


@router.get("/{attachment_id}")
async def download(request: Request, attachment_id: str, caller: Known) -> Response:
    found = None
    if ID.fullmatch(attachment_id):
        async with request.app.state.database.read() as session:
            found = await attachments.kept(
                session, attachment_id, conversation_id=caller.conversation_id
            )
    if found is None:
        raise HTTPException(404, MISSING)
    return Response(
        found.content, media_type=found.media_type, headers=attachments.headers(found.name)
    )
