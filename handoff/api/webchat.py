"""The web chat's API: sessions, messages, waiting and streaming; and its pages."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.routing import APIRoute

from handoff.api import files, limits, pages, request_page, sessions, transcript
from handoff.api.said import NOT_OFFERED, Said, read_said
from handoff.api.sessions import Caller, known_caller
from handoff.channel import Inbound, NotOffered, Received
from handoff.db import Database
from handoff.gateway import Gateway
from handoff.telemetry import watched

MAX_WAIT = 25.0  # seconds, below the 30 of usual proxies
MAX_SEQ = 2**31 - 1
BAD_QUERY = "L'indirizzo non è corretto: after è un numero, wait sono secondi da 0 a 25."
NO_STORE = {"Cache-Control": "no-store"}
STREAM = {**NO_STORE, "X-Accel-Buffering": "no"}  # nginx must not collect events


class PlainRoute(APIRoute):
    """Errors of the query string in one Italian sentence, like every other error."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def plain(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError:
                return JSONResponse({"detail": BAD_QUERY}, 422)

        return plain


api = APIRouter(prefix="/api/webchat", route_class=PlainRoute, include_in_schema=False)
After = Annotated[int, Query(ge=0, le=MAX_SEQ)]
Known = Annotated[Caller, Depends(known_caller)]


@api.post("/sessions", status_code=201)
async def open_session(request: Request, response: Response) -> dict[str, Any]:
    address = request.client.host if request.client else ""
    await limits.count(request, limits.SESSIONS, address)
    state = request.app.state
    token, conversation_id = await sessions.open_session(state.database, state.gateway)
    page = await transcript.read_page(state.database, conversation_id, after=0)
    response.headers.update(NO_STORE)
    return {"token": token, "conversation_id": conversation_id, "messages": page.messages}


@api.delete("/sessions", status_code=204)
async def close_session(request: Request, caller: Known) -> None:
    """The browser forgets the conversation; so does its token, wherever it was copied."""
    await sessions.close_session(request.app.state.database, caller)


@api.post("/messages", status_code=202)
async def send_message(
    request: Request, said: Annotated[Said, Depends(read_said)], caller: Known
) -> dict[str, Any]:
    gateway: Gateway = request.app.state.gateway
    try:
        await limits.count_message(request, caller.conversation_id)
    except HTTPException:
        if gateway.safety.look(said.text) is None:  # no limit comes before an emergency
            raise
    try:
        received = await gateway.receive(await _inbound(request, said, caller))
    except NotOffered as error:
        raise HTTPException(422, NOT_OFFERED) from error
    return _receipt(received)


async def _inbound(request: Request, said: Said, caller: Caller) -> Inbound:
    """A pressed button reads as what stood on it, for the citizen and for operators."""
    state, text = request.app.state, said.text
    if said.payload is not None:
        text = await transcript.title_of(
            state.database, caller.conversation_id, said.payload
        ) or state.knowledge.title(said.payload)
    return Inbound(
        channel=sessions.CHANNEL,
        external_id=f"{caller.conversation_id}:{said.client_message_id}",
        address=caller.address,
        text=text,
        payload=said.payload,
    )


def _receipt(received: Received) -> dict[str, Any]:
    return {
        "id": received.message_id,
        "seq": received.seq,
        "duplicate": received.duplicate,
    }


@api.get("/messages")
async def read_messages(
    request: Request,
    response: Response,
    after: After = 0,
    wait: Annotated[float, Query(ge=0, le=MAX_WAIT)] = 0,
) -> dict[str, Any]:
    """Who asks and what there is, in one look: it is asked for at every message."""
    database: Database = request.app.state.database
    rings = database.bell.rings
    async with database.read() as session:
        caller = await sessions.caller_in(session, request)
        page = await transcript.page_in(session, caller.conversation_id, after=after)
    await sessions.note_seen(database, caller)
    if caller.keeps_key:
        await transcript.forget_shown_keys(database, caller.conversation_id, after=after)
        page = await transcript.read_page(database, caller.conversation_id, after=after)
    page = await transcript.wait_for_more(
        database, caller.conversation_id, page, after=after, seconds=wait, rings=rings
    )
    response.headers.update(NO_STORE)
    return page.as_json()


@api.get("/events")
async def stream_events(
    request: Request,
    caller: Known,
    after: After = 0,
    last_event_id: Annotated[str, Header()] = "",
) -> StreamingResponse:
    """The header wins over the address: a browser repeats the address as it was."""
    database = request.app.state.database
    after = _seq(last_event_id, after)
    if caller.keeps_key:
        await transcript.forget_shown_keys(database, caller.conversation_id, after=after)
    stream = transcript.Stream(database, caller.conversation_id, after)
    events = watched(stream.events(), request.app.state.telemetry, "chat")
    return StreamingResponse(events, media_type="text/event-stream", headers=STREAM)


def _seq(last_event_id: str, after: int) -> int:
    is_number = last_event_id.isascii() and last_event_id.isdigit()
    return min(int(last_event_id[:10]), MAX_SEQ) if is_number else after


router = APIRouter()
router.include_router(api)
router.include_router(files.router)
router.include_router(pages.router)
router.include_router(request_page.router)
