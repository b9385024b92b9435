"""Lets safety hear with the newest model, whichever was published last."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from handoff.safety.ear import NoEar, newest_archive, newest_ear
from handoff.safety.finding import Safety

LOOK = 2.0  # seconds
logger = logging.getLogger(__name__)


async def keep_listening(
    safety: Safety, models: Path, *, heard: Callable[[], object] = lambda: None
) -> None:
    """Until cancelled. A model that cannot be read leaves the ear before it."""
    known = await asyncio.to_thread(newest_archive, models)
    while True:
        await asyncio.sleep(LOOK)
        known = await follow(safety, models, known, heard=heard)


async def follow(
    safety: Safety,
    models: Path,
    known: Path | None,
    *,
    heard: Callable[[], object] = lambda: None,
) -> Path | None:
    """The archive that is known now; `heard` is called when its ear was taken."""
    newest = await asyncio.to_thread(newest_archive, models)
    if newest is None or newest == known:
        return known
    try:
        ear = await asyncio.to_thread(newest_ear, models)
    except NoEar as error:
        logger.error("Emergencies are heard with the model before: %s", error)
    else:
        safety.listen_with(ear)
        heard()
        logger.info("Emergencies are heard with %s", newest.name)
    return newest
