"""`sportello serve` and `sportello worker`."""

import asyncio
from argparse import Namespace

import uvicorn

from handoff.app import create_app
from handoff.cli.opening import names_wrong_settings
from handoff.settings import Settings
from handoff.worker import work


@names_wrong_settings
def serve(settings: Settings, _: Namespace) -> None:
    """Listen to citizens and operators."""
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,  # seconds; open event streams end then
    )


@names_wrong_settings
def run_worker(settings: Settings, _: Namespace) -> None:
    """Answer and deliver, in a process apart."""
    asyncio.run(work(settings))
