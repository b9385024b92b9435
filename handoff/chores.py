"""What runs beside the work for as long as its process does, whatever happens to it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import journal
from handoff.ending import end

PAUSE = 2.0  # seconds before what fell is begun anew
logger = logging.getLogger(__name__)


class Chores:
    """Each runs until it ends by itself or all end; one that falls is told of and begun anew."""

    def __init__(self, *, pause: float = PAUSE) -> None:
        self._pause = pause
        self._tasks: list[asyncio.Task[None]] = []
        self._fallen: set[str] = set()

    @property
    def are_well(self) -> bool:
        """False while one that fell waits for its new beginning."""
        return not self._fallen

    def begin(self, name: str, chore: Callable[[], Awaitable[None]]) -> None:
        """`name` is the log's."""
        self._tasks.append(asyncio.create_task(self._keep_up(name, chore)))

    async def _keep_up(self, name: str, chore: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await chore()
            except Exception as error:  # each sees to what can be foreseen by itself
                # never the text of the error: it may quote a citizen
                logger.error("%s fell: %s", name, journal.place_of(error))
            self._fallen.add(name)
            await asyncio.sleep(self._pause)
            self._fallen.remove(name)

    def leave(self) -> None:
        """Ask all to end."""
        for task in self._tasks:
            task.cancel()

    async def end(self) -> None:
        await end(self._tasks)
