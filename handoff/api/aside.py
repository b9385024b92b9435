"""The numbers of a process that has no face: a port of their own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI

from handoff.api import metrics
from handoff.api.listening import config_of
from handoff.metrics import Metrics
from handoff.settings import Settings


class Aside(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """They are the worker's."""
        yield


@asynccontextmanager
async def telling(settings: Settings, shown: Metrics) -> AsyncIterator[None]:
    """Meanwhile /metrics answers on `settings.metrics_port`, unless that is 0."""
    if not settings.metrics_port:
        yield
        return
    server = Aside(_config(settings, shown))
    serving = asyncio.create_task(server.serve())
    try:
        await server.listening.wait()
        yield
    finally:
        server.should_exit = True
        await serving


def _config(settings: Settings, shown: Metrics) -> uvicorn.Config:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings, app.state.metrics = settings, shown
    app.router.routes.extend(metrics.router.routes)
    return config_of(app, settings, port=settings.metrics_port, patience=1)
