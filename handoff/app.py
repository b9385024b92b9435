"""The web process: citizens' and operators' faces, and workers unless they run apart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as StarletteHTTPException

from handoff import panel
from handoff.api import health, internal, metrics, webchat
from handoff.api.request_ids import RequestIds
from handoff.chores import Chores
from handoff.db import AWAY, is_away
from handoff.house import House, build
from handoff.knowledge import keep_fresh
from handoff.ledger import LedgerWatch
from handoff.missed_rings import MissedRings
from handoff.safety import keep_listening
from handoff.settings import ROOT, Settings
from handoff.training.archives import Archives
from handoff.training.workshop import Workshop

FRAMEWORKS = {
    "Not Found": "Questo indirizzo non esiste.",
    "Method Not Allowed": "Questo indirizzo non accetta questa richiesta.",
}
STATIC = {
    "/static/chat": ROOT / "handoff" / "web" / "static",
    "/static/panel": ROOT / "handoff" / "panel" / "static",
    "/vendor/bootstrap-italia": ROOT / "node_modules" / "bootstrap-italia" / "dist",
}


class Files(StaticFiles):
    """Files are what their name says, whatever is in them."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def create_app(settings: Settings) -> FastAPI:
    house = build(settings)
    app = FastAPI(
        title="Sportello", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan
    )
    _show(app, house)
    _mount_faces(app, house)
    for error in AWAY:
        app.add_exception_handler(error, _database_is_away)
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_middleware(RequestIds)
    return app


def _show(app: FastAPI, house: House) -> None:
    """What the faces may use."""
    app.state.house = house
    app.state.settings = house.settings
    app.state.database = house.database
    app.state.knowledge = house.knowledge
    app.state.directory = house.directory
    app.state.desks = house.desks
    app.state.templates = house.templates
    app.state.clock = house.clock
    app.state.channels = house.channels
    app.state.gateway = house.gateway
    app.state.crew, app.state.chores = house.crew(), Chores()
    app.state.metrics = house.metrics
    app.state.telemetry = house.metrics.counters
    app.state.workshop = Workshop(
        house.database,
        house.settings,
        Archives.of(models=house.settings.models, var=house.settings.var),
    )
    app.state.health = health.Health(
        house.database,
        house.http,
        {
            "bot": house.bots.addresses.of_health,
            "actions": health.at(house.settings.actions_url.removesuffix("/webhook") + "/health"),
        },
        lambda: app.state.crew.is_well,
        {"safety": house.deaf} if house.deaf else {},
        frozenset(house.channels),
        house.scanner,
        house.room,
        lambda: {*app.state.crew.fallen, *app.state.chores.fallen},
    )
    app.state.ledger = LedgerWatch(
        house.database,
        [name for name, channel in house.channels.items() if not channel.by_hand],
        app.state.health.balances,
    )
    app.state.metrics.figures.ledger = lambda: app.state.ledger.unbalanced


def _mount_faces(app: FastAPI, house: House) -> None:
    for face in (health, metrics, internal, webchat, panel):
        # as they are: include_router() has each read anew at its first request, for 0.1 s
        app.router.routes.extend(face.router.routes)
    for channel in house.channels.values():
        if router := channel.routes(house.gateway.take):
            app.include_router(router)
    for path, folder in STATIC.items():
        app.mount(path, Files(directory=folder, check_dir=False))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    house: House = app.state.house
    _begin_chores(app)
    try:
        if house.settings.workers:
            house.gateway.employ(app.state.crew.answerers)
            await app.state.crew.start(house.gateway.take)
        yield
    finally:
        training = asyncio.create_task(app.state.workshop.stop())
        await app.state.crew.stop()
        await training
        await app.state.chores.end()
        await house.close()


def _begin_chores(app: FastAPI) -> None:
    house: House = app.state.house
    chores: Chores = app.state.chores
    listening = partial(
        keep_listening,
        house.gateway.safety,
        house.settings.models,
        heard=app.state.health.hears,
    )
    chores.begin("wake-ups", house.database.hear_others)
    chores.begin("missed rings", MissedRings(house.database).run)
    chores.begin("start", app.state.health.watch_the_start)
    chores.begin("ledger", app.state.ledger.run)
    chores.begin("knowledge", partial(keep_fresh, house.database, house.knowledge))
    chores.begin("ear", listening)


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    """Our own sentences as they are; the framework's English ones in Italian."""
    assert isinstance(error, StarletteHTTPException)
    detail = FRAMEWORKS.get(error.detail, error.detail)
    return JSONResponse({"detail": detail}, error.status_code, error.headers)


async def _database_is_away(_request: Request, error: Exception) -> JSONResponse:
    """503, so that a provider tries again: nothing was acknowledged."""
    if not is_away(error):
        raise error
    return JSONResponse(
        {"detail": "Il servizio non è raggiungibile in questo momento. Riprovi tra poco."}, 503
    )
