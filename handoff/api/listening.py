"""How our servers listen: no line for each request, no name of theirs, no logging of their own."""

import uvicorn
from starlette.types import ASGIApp

from handoff.settings import Settings


def config_of(app: ASGIApp, settings: Settings, *, port: int, patience: int) -> uvicorn.Config:
    """`patience`: seconds after a stop; then requests that still run are cut."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=port,
        log_level="warning",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=patience,
    )
