"""Takes over a newer model while it answers: the old one serves until the new one is warm."""

import asyncio
import logging
from pathlib import Path

from sanic import Sanic

from bot.application import load, settle
from bot.channel import LONGEST
from bot.logs import place_of
from bot.models import newest_model
from bot.processor import Processor
from bot.settings import BadSetting, Settings

logger = logging.getLogger(__name__)

LOOK = 2.0  # seconds


def watch(app: Sanic, settings: Settings, *, model: Path) -> None:
    """Have the app follow the newest model of the folder, `model` being the one it has."""

    async def begin(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.ctx.watching = loop.create_task(_follow(app, settings, known=model))

    async def end(app: Sanic, _: asyncio.AbstractEventLoop) -> None:
        app.ctx.watching.cancel()

    app.register_listener(begin, "after_server_start")
    app.register_listener(end, "before_server_stop")


async def _follow(app: Sanic, settings: Settings, *, known: Path) -> None:
    while True:
        await asyncio.sleep(LOOK)
        known = await renew(app, settings, known=known)


async def renew(app: Sanic, settings: Settings, *, known: Path) -> Path:
    """The newest model, which serves then unless it cannot be loaded; each is tried once."""
    try:
        newest = await asyncio.to_thread(newest_model, settings.models)
    except (BadSetting, OSError):  # a folder that is away for a moment is no reason to stop
        return known
    if newest.name == known.name:
        return known
    try:
        processor = await asyncio.to_thread(_warm, newest, settings)
    except Exception as error:
        logger.error("%s does not load, the model before it serves: %s", newest, place_of(error))
        return newest
    _swap(app, processor)
    return newest


def _warm(model: Path, settings: Settings) -> Processor:
    processor = load(model, settings)
    asyncio.run(processor.warm_up())
    return processor


def _swap(app: Sanic, processor: Processor) -> None:
    """What is being answered is finished by the old one."""
    old, app.ctx.processor = app.ctx.processor, processor
    logger.info("model %s serves now", processor.model_name)
    asyncio.get_running_loop().call_later(2 * LONGEST, lambda: asyncio.ensure_future(_let_go(old)))


async def _let_go(old: Processor) -> None:
    await old.close()
    del old
    settle()
