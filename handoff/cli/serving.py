"""`sportello serve` and `sportello worker`."""

import asyncio
import logging
from argparse import Namespace

import uvicorn
from sqlalchemy.exc import DBAPIError

from handoff import migrations
from handoff.app import create_app
from handoff.cli.opening import names_wrong_settings
from handoff.settings import Settings
from handoff.worker import work

logger = logging.getLogger(__name__)


@names_wrong_settings
def serve(settings: Settings, _: Namespace) -> None:
    """Listen to citizens and operators."""
    _require_our_schema(settings)
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
    _require_our_schema(settings)
    asyncio.run(work(settings))


def _require_our_schema(settings: Settings) -> None:
    """A database that is away may come back: then the service waits for it, as at any time."""
    try:
        migrations.require_current(settings.database_url)
    except (DBAPIError, OSError) as error:
        logger.warning("The schema could not be looked at: %s", type(error).__name__)
