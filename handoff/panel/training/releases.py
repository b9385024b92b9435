"""The trainers' API of versions: train, compare, publish, go back."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, HTTPException, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.exc import IntegrityError

from handoff.db import Database
from handoff.knowledge import Knowledge
from handoff.panel import bodies
from handoff.panel.access import PRIVATE
from handoff.panel.bodies import Body
from handoff.panel.training.access import Changing, Looking
from handoff.tables import Release
from handoff.training import evaluating, releases
from handoff.training.publishing import NotPublishable, Overtaken, Publishing
from handoff.training.workshop import Workshop

BUSY = "Un addestramento è già in corso: quando finisce trova qui il risultato."
NOT_HERE = "Su questa installazione l'assistente si addestra insieme al programma, non da qui."
OVERTAKEN = "Nel frattempo un'altra persona ha messo in servizio una versione: guardi qui sotto."
GONE = "Questa versione non si può mettere in servizio: non è pronta o non è stata conservata."
NO_PREVIOUS = "Non c'è una versione precedente a cui tornare."
PATIENCE = 1.0  # seconds for the bot to say which model it has
Number = Annotated[int, Path(ge=1, lt=2**31)]
router = APIRouter(prefix="/api/panel/training/releases")


class Seen(Body):
    """The archive that served when the trainer decided."""

    live: Annotated[str | None, Field(max_length=200)] = None


@router.get("")
async def shelf(request: Request, response: Response, entry: Looking) -> dict[str, Any]:
    response.headers.update(PRIVATE)
    return await _state(request)


@router.post("")
async def train(request: Request, entry: Changing) -> Response:
    workshop: Workshop = request.app.state.workshop
    if not workshop.is_possible:
        raise HTTPException(422, NOT_HERE)
    try:
        await workshop.start(author=entry.operator.name)
    except IntegrityError:
        return await _conflict(request, BUSY)
    return JSONResponse(await _state(request), 202, headers=PRIVATE)


@router.post("/rollback")
async def roll_back(request: Request, entry: Changing) -> Response:
    """What served before serves again."""
    given = await bodies.read(Seen, request)
    archives = request.app.state.workshop.archives
    async with request.app.state.database.read() as session:
        found = await releases.every(session)
    live = await asyncio.to_thread(archives.live)
    before = releases.previous(found, releases.live_of(found, live.name if live else None))
    if before is None:
        raise HTTPException(422, NO_PREVIOUS)
    return await _publish(request, before.id, given.live, entry.operator.name)


@router.post("/{number}/publish")
async def publish(request: Request, number: Number, entry: Changing) -> Response:
    given = await bodies.read(Seen, request)
    return await _publish(request, number, given.live, entry.operator.name)


async def _publish(request: Request, number: int, seen: str | None, author: str) -> Response:
    state = request.app.state
    try:
        await Publishing(state.database, state.workshop.archives).publish(
            number, seen=seen, author=author
        )
    except Overtaken:
        return await _conflict(request, OVERTAKEN)
    except NotPublishable as error:
        raise HTTPException(422, GONE) from error
    return JSONResponse(await _state(request), headers=PRIVATE)


async def _conflict(request: Request, detail: str) -> Response:
    content = {"detail": detail, "present": await _state(request)}
    return JSONResponse(content, 409, headers=PRIVATE)


async def _state(request: Request) -> dict[str, Any]:
    """What serves, what is being made, and what could serve."""
    state = request.app.state
    found = await _found(state.database)
    archive = await asyncio.to_thread(state.workshop.archives.live)
    live = releases.live_of(found, archive.name if archive else None)
    before = releases.previous(found, live)
    kept = await asyncio.to_thread(_kept, state.workshop, found)
    return {
        "live": archive.name if archive else None,
        "live_number": live.id if live else None,
        "bot": await _bot_model(state.house.http, await state.house.bots.addresses.of_health()),
        "previous": before.id if before else None,
        "possible": state.workshop.is_possible,
        "releases": [
            _card(each, live, kept=each.id in kept, knowledge=state.knowledge) for each in found
        ],
    }


async def _found(database: Database) -> Sequence[Release]:
    async with database.read() as session:
        if not await releases.is_abandoned(session):
            return await releases.every(session)
    async with database.begin() as session:
        await releases.fail_abandoned(session)
        return await releases.every(session)


def _kept(workshop: Workshop, found: Sequence[Release]) -> set[int]:
    return {each.id for each in found if workshop.archives.trained(each.id)}


async def _bot_model(http: httpx.AsyncClient, addresses: Sequence[str]) -> str | None:
    """Which model the bots say they have, of several the oldest; nothing while they are away."""
    said = await asyncio.gather(*(_model_at(http, address) for address in addresses))
    return min((model for model in said if model), default=None)


async def _model_at(http: httpx.AsyncClient, address: str) -> str | None:
    try:
        answer = await http.get(address, timeout=PATIENCE)
        model = answer.json().get("model")
    except (httpx.HTTPError, ValueError, AttributeError):
        return None
    return str(model) if model else None


def _card(
    release: Release, live: Release | None, *, kept: bool, knowledge: Knowledge
) -> dict[str, Any]:
    return {
        "number": release.id,
        "state": release.state,
        "step": release.step,
        "reason": release.reason,
        "author": release.author,
        "is_live": release is live,
        "can_serve": release.state == "ready" and kept and release is not live,
        "created_at": release.created_at.isoformat(),
        "ended_at": _iso(release.ended_at),
        "published_at": _iso(release.published_at),
        "published_by": release.published_by,
        "evaluation": evaluating.compared(
            release.report, live.report if live and live is not release else None, knowledge.title
        )
        if release.report
        else None,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
