"""The panel's API of tickets: look, take, reply, note, close, reopen, hand back."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import surveys, tickets
from handoff.attachments import Gone, drafts
from handoff.panel import bodies, cards, reads, thread
from handoff.panel.access import PRIVATE, Acting, Known
from handoff.panel.bodies import NOT_FILES, Protocol, Reply, Step, Words
from handoff.panel.files import refuse_unless_sendable
from handoff.panel.reach import has_assistant
from handoff.panel.sessions import Entry
from handoff.tables import Conversation, Ticket

UNKNOWN = "Questa richiesta non esiste."
NO_ASSISTANT = "Su questo canale l'assistente non risponde: la richiesta resta a una persona."
router = APIRouter(prefix="/api/panel/tickets")


def _ticket_id(ticket_id: str, _: Known) -> str:
    """Not everything that fits into an address fits into a database; strangers learn nothing."""
    if not re.fullmatch("[0-9a-f]{32}", ticket_id):
        raise HTTPException(404, UNKNOWN)
    return ticket_id


TicketId = Annotated[str, Depends(_ticket_id)]
Stepped = Annotated[Step, Depends(bodies.step)]
Worded = Annotated[Words, Depends(bodies.words)]
Replied = Annotated[Reply, Depends(bodies.reply)]
Registered = Annotated[Protocol, Depends(bodies.protocol)]
Change = Callable[[AsyncSession], Awaitable[object]]


@router.get("")
async def shelf(
    request: Request,
    response: Response,
    entry: Known,
    state: Literal["open", "taken", "mine", "closed", "all"] = "open",
) -> dict[str, Any]:
    response.headers.update(PRIVATE)
    mine = entry.operator.id
    async with request.app.state.database.read() as session:
        found = await reads.shelf(session, state, mine=mine)
        return {
            "tickets": await cards.cards(session, found, **_told_by(request)),
            "counts": await reads.counts(session, mine=mine),
        }


@router.get("/{ticket_id}")
async def look(
    request: Request, response: Response, ticket_id: TicketId, entry: Known
) -> dict[str, Any]:
    response.headers.update(PRIVATE)
    return await details_of(request, ticket_id)


@router.get("/{ticket_id}/messages")
async def earlier(
    request: Request,
    response: Response,
    ticket_id: TicketId,
    entry: Known,
    before: Annotated[int, Query(ge=1, lt=2**31)],
) -> dict[str, Any]:
    response.headers.update(PRIVATE)
    async with request.app.state.database.read() as session:
        ticket = await found_ticket(session, ticket_id)
        return await thread.messages(session, ticket.conversation_id, before=before)


@router.post("/{ticket_id}/take")
async def take(request: Request, ticket_id: TicketId, entry: Acting, step: Stepped) -> Response:
    knowledge = request.app.state.knowledge
    return await change_ticket(
        request,
        ticket_id,
        lambda session: tickets.take(
            session, ticket_id, knowledge=knowledge, **_who_and_when(entry, step)
        ),
    )


@router.post("/{ticket_id}/reply")
async def reply(request: Request, ticket_id: TicketId, entry: Acting, words: Replied) -> Response:
    async def reply_with_files(session: AsyncSession) -> None:
        if words.attachments:
            ticket = await found_ticket(session, ticket_id)
            conversation = await session.get_one(Conversation, ticket.conversation_id)
            for file in await drafts(session, entry.operator.id, words.attachments):
                refuse_unless_sendable(request, conversation, file.media_type, file.size or 0)
        await tickets.reply(
            session,
            ticket_id,
            text=words.text,
            files=words.attachments,
            seen=words.seen,
            **_who_and_when(entry, words),
        )

    return await change_ticket(request, ticket_id, reply_with_files)


@router.post("/{ticket_id}/note")
async def note(request: Request, ticket_id: TicketId, entry: Acting, words: Worded) -> Response:
    return await change_ticket(
        request,
        ticket_id,
        lambda session: tickets.note(
            session, ticket_id, text=words.text, **_who_and_when(entry, words)
        ),
    )


@router.post("/{ticket_id}/close")
async def close(request: Request, ticket_id: TicketId, entry: Acting, step: Stepped) -> Response:
    """Closing and asking for satisfaction are one step."""

    async def close_and_ask(session: AsyncSession) -> None:
        ticket, conversation = await tickets.close(
            session, ticket_id, **_who_and_when(entry, step)
        )
        channel = request.app.state.channels.get(conversation.channel)
        if channel is None or has_assistant(channel):  # else nobody would read the question
            await surveys.ask(session, conversation, ticket, knowledge=request.app.state.knowledge)

    return await change_ticket(request, ticket_id, close_and_ask)


@router.post("/{ticket_id}/protocol")
async def register(
    request: Request, ticket_id: TicketId, entry: Acting, step: Registered
) -> Response:
    return await change_ticket(
        request,
        ticket_id,
        lambda session: tickets.register(
            session, ticket_id, protocol=step.protocol, **_who_and_when(entry, step)
        ),
    )


@router.post("/{ticket_id}/reopen")
async def reopen(request: Request, ticket_id: TicketId, entry: Acting, step: Stepped) -> Response:
    return await change_ticket(
        request,
        ticket_id,
        lambda session: tickets.reopen(session, ticket_id, **_who_and_when(entry, step)),
    )


@router.post("/{ticket_id}/hand-back")
async def hand_back(
    request: Request, ticket_id: TicketId, entry: Acting, step: Stepped
) -> Response:
    async def give_back(session: AsyncSession) -> None:
        ticket = await tickets.hand_back(
            session,
            ticket_id,
            knowledge=request.app.state.knowledge,
            **_who_and_when(entry, step),
        )
        conversation = await session.get_one(Conversation, ticket.conversation_id)
        channel = request.app.state.channels.get(conversation.channel)
        if channel is not None and not has_assistant(channel):
            raise HTTPException(422, NO_ASSISTANT)

    return await change_ticket(request, ticket_id, give_back)


def _who_and_when(entry: Entry, step: Step) -> dict[str, Any]:
    return {"operator": entry.operator, "version": step.version}


async def change_ticket(request: Request, ticket_id: str, change: Change) -> Response:
    """The ticket as it is afterwards; for the loser as it is now, with the reason."""
    try:
        async with request.app.state.database.begin() as session:
            await change(session)
    except Gone as gone:
        raise HTTPException(422, NOT_FILES) from gone
    except tickets.NotFound as missing:
        raise HTTPException(404, UNKNOWN) from missing
    except tickets.Conflict as conflict:
        reason = str(conflict)
        present = await details_of(request, conflict.ticket_id)
        content = {
            "detail": f"{reason[:1].upper()}{reason[1:]}.",
            "ticket": present,
            "unread": isinstance(conflict, tickets.Unread),
        }
        return JSONResponse(content, 409, headers=PRIVATE)
    return JSONResponse(await details_of(request, ticket_id), headers=PRIVATE)


async def details_of(request: Request, ticket_id: str) -> dict[str, Any]:
    """The ticket as the page reads it."""
    async with request.app.state.database.read() as session:
        ticket = await found_ticket(session, ticket_id)
        return await cards.details(
            session, ticket, channels=request.app.state.channels, **_told_by(request)
        )


def _told_by(request: Request) -> dict[str, Any]:
    return {"knowledge": request.app.state.knowledge, "clock": request.app.state.clock}


async def found_ticket(session: AsyncSession, ticket_id: str) -> Ticket:
    """404 if there is none."""
    ticket = await session.get(Ticket, ticket_id)
    if ticket is None:
        raise HTTPException(404, UNKNOWN)
    return ticket
