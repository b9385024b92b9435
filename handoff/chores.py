"""What runs beside the work for as long as its process does, whatever happens to it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import journal
from handoff.ending import end

PAUSE = 2.0  # seconds before what fell is begun anew
LATELY = 60.0  # seconds for which a fall is told of
logger = logging.getLogger(__name__)


class Chores:
    """Each runs until it ends by itself or all end; one that falls is told of and begun anew."""

    def __init__(self, *, pause: float = PAUSE) -> None:
        self._pause = pause
        self._tasks: list[asyncio.Task[None]] = []
        self._fell: dict[str, float] = {}  # when, by the loop's clock

    @property
    def are_well(self) -> bool:
        """False while one that fell waits for its new beginning."""
        return not self._fallen_within(self._pause)

    @property
    def fallen(self) -> list[str]:
        """The names of those that fell lately; one that falls again and again stays among them."""
        return self._fallen_within(LATELY)

    def _fallen_within(self, seconds: float) -> list[str]:
        since = asyncio.get_running_loop().time() - seconds
        return sorted(name for name, moment in self._fell.items() if moment > since)

    def begin(self, name: str, chore: Callable[[], Awaitable[None]]) -> None:
        """`name` is for the log and for /readyz."""
        self._tasks.append(asyncio.create_task(self._keep_up(name, chore)))

    async def _keep_up(self, name: str, chore: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await chore()
            except asyncio.CancelledError as error:
                if _is_ending():
                    raise
                self._note(name, error)  # a library cancelled itself
            except Exception as error:  # each sees to what can be foreseen by itself
                self._note(name, error)
            await asyncio.sleep(self._pause)

    def _note(self, name: str, error: BaseException) -> None:
        # never the text of the error: it may quote a citizen
        logger.error("%s fell: %s", name, journal.place_of(error))
        self._fell[name] = asyncio.get_running_loop().time()

    def leave(self) -> None:
        """Ask all to end."""
        for task in self._tasks:
            task.cancel()

    async def end(self) -> None:
        await end(self._tasks)


def _is_ending() -> bool:
    """Somebody asked the very task to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
