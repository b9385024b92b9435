"""Rasa's server with our door, processor and store, and nothing else of what it could offer."""

import gc
import logging
from pathlib import Path
from typing import Any

from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.core.run import configure_app
from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import logs, remote
from bot.channel import Door, refuse
from bot.processor import Processor
from bot.settings import Settings
from bot.trackers import SnapshotStore

logger = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024
PATIENCE = 4.5  # seconds that an answer under way gets when we are asked to stop


def build(settings: Settings, *, model: Path) -> Sanic:
    """The whole server but its socket."""
    app = configure_app([Door(settings.token)], enable_api=False, port=settings.port)
    app.config.REQUEST_MAX_SIZE = LARGEST_BODY
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = PATIENCE
    app.error_handler.add(Exception, explain)
    app.ctx.processor = load(model, settings)
    app.register_listener(warm_up, "before_server_start")
    app.register_listener(close, "after_server_stop")
    return app


def load(model: Path, settings: Settings) -> Processor:
    remote.install()
    store = SnapshotStore(settings.database_url)
    words = TemplatedNaturalLanguageGenerator({})
    actions = remote.ActionServer(settings.actions_url)
    processor = Processor(model, store, InMemoryLockStore(), words, actions)
    store.domain, words.responses = processor.domain, processor.domain.responses
    return processor


async def explain(request: Request, error: Exception) -> HTTPResponse:
    """What never reached the door: no such path, no such method, too large."""
    if isinstance(error, SanicException):
        return refuse(error.status_code, str(error))
    logger.error("not answered: %s", logs.place_of(error))
    return refuse(500, "The bot could not answer.")


async def warm_up(app: Sanic, _: Any) -> None:
    """The first message costs a second of loading: not a citizen's."""
    await app.ctx.processor.warm_up()
    settle()


def settle() -> None:
    """What is loaded stays: a collection that went through it would stop a message for 0.3 s."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


async def close(app: Sanic, _: Any) -> None:
    await app.ctx.processor.close()
