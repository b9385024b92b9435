"""`sportello serve` and `sportello worker`."""

import gc
import logging
import socket
import sys
from argparse import Namespace
from collections.abc import Callable

import uvicorn
import uvloop
from sqlalchemy.exc import DBAPIError

from handoff import migrations
from handoff.api.listening import config_of
from handoff.app import create_app
from handoff.cli.opening import names_wrong_settings
from handoff.ending import GRACE, gone_within
from handoff.settings import Settings
from handoff.worker import work

logger = logging.getLogger(__name__)


@names_wrong_settings
def serve(settings: Settings, _: Namespace) -> None:
    """Listen to citizens and operators."""
    _require_our_schema(settings)
    app = create_app(settings)
    settle_down()

    def leave() -> None:
        gone_within(settings.stop_within + GRACE)
        app.state.crew.leave()

    Leaving(config_of(app, settings, port=settings.port, patience=5), leave).run()


def settle_down() -> None:
    """For the life of a process that keeps what it read at its start (docs/performance.md)."""
    gc.collect()
    gc.freeze()  # phrases, records and models are not looked through again and again
    gc.set_threshold(20_000, 20, 20)
    sys.setswitchinterval(0.0005)  # seconds; a commit that is done waits no longer to be told


class Leaving(uvicorn.Server):
    """Tells who works and who streams that we stop, before it waits for requests to end."""

    def __init__(self, config: uvicorn.Config, leave: Callable[[], None]) -> None:
        super().__init__(config)
        self._leave = leave

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._leave()
        await super().shutdown(sockets)


@names_wrong_settings
def run_worker(settings: Settings, _: Namespace) -> None:
    """Answer and deliver, in a process apart."""
    _require_our_schema(settings)
    settle_down()
    uvloop.run(work(settings))


def _require_our_schema(settings: Settings) -> None:
    """A database that is away may come back: then the service waits for it, as at any time."""
    try:
        migrations.require_current(settings.database_url)
    except (DBAPIError, OSError) as error:
        logger.warning("The schema could not be looked at: %s", type(error).__name__)
