"""A process of workers only, for when one machine is not enough."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from handoff.api.aside import telling
from handoff.chores import Chores
from handoff.ending import GRACE, gone_within
from handoff.house import build
from handoff.knowledge import keep_fresh
from handoff.safety import keep_listening
from handoff.settings import Settings


async def work(settings: Settings) -> None:
    """Until SIGTERM or SIGINT; what is being handled then is finished first."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with staffed(settings):
        await stop.wait()
        gone_within(settings.stop_within + GRACE)


@asynccontextmanager
async def staffed(settings: Settings) -> AsyncIterator[None]:
    """A crew at work, with what keeps it up to date."""
    house = build(settings)
    crew = house.crew()
    chores = Chores()
    chores.begin("wake-ups", house.database.hear_others)
    chores.begin("knowledge", partial(keep_fresh, house.database, house.knowledge))
    chores.begin("ear", partial(keep_listening, house.gateway.safety, settings.models))
    try:
        house.gateway.employ(crew.answerers)
        await crew.start(house.gateway.take)
        async with telling(settings, house.metrics):
            yield
            crew.leave()
    finally:
        await crew.stop()
        await chores.end()
        await house.close()
