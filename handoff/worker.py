"""A process of workers only, for when one machine is not enough."""

import asyncio
import signal

from handoff.house import build
from handoff.knowledge import keep_fresh
from handoff.safety import keep_listening
from handoff.settings import Settings


async def work(settings: Settings) -> None:
    """Until SIGTERM or SIGINT; what is being handled then is finished first."""
    house = build(settings)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    crew = house.crew()
    watching = (
        asyncio.create_task(house.database.hear_others()),
        asyncio.create_task(keep_fresh(house.database, house.knowledge)),
        asyncio.create_task(keep_listening(house.gateway.safety, settings.models)),
    )
    try:
        house.gateway.employ(crew.answerers)
        await crew.start(house.gateway.take)
        await stop.wait()
    finally:
        await crew.stop()
        for task in watching:
            task.cancel()
        await house.close()
