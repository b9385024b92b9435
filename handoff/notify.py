"""Wake-ups: hints that something was committed. A slow poll is the safety net everywhere."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession


def ring(session: AsyncSession, topic: str) -> None:
    """Ring after this transaction commits: `inbox`, `outbox`, `tickets`, `conversation:<id>`."""
    session.info.setdefault("rings", set()).add(topic)


class Heard:
    """Remembers a ring until it was waited for, so that none falls between two waits."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def wake(self) -> None:
        self._event.set()

    async def wait(self, timeout: float) -> bool:
        """True if the bell rang within `timeout` seconds, or since the last wait."""
        try:
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


class Bell:
    """Hands rings to every listener of this process."""

    def __init__(self) -> None:
        self.is_closing = False  # the process ends: who waits shall go
        self.rings = 0  # so far
        self._listeners: dict[str, set[Heard]] = defaultdict(set)

    def ring(self, topics: Iterable[str]) -> None:
        for topic in topics:
            self.rings += 1
            for heard in self._listeners.get(topic, ()):
                heard.wake()

    def ring_all(self) -> None:
        self.ring(list(self._listeners))

    def open(self) -> None:
        """Whoever comes may wait again."""
        self.is_closing = False

    def close(self) -> None:
        """Wake all who wait; they see `is_closing`. What is committed later still rings."""
        self.is_closing = True
        self.ring_all()

    @asynccontextmanager
    async def listen(self, *topics: str) -> AsyncIterator[Heard]:
        heard = Heard()
        for topic in topics:
            self._listeners[topic].add(heard)
        try:
            yield heard
        finally:
            for topic in topics:
                self._listeners[topic].discard(heard)
                if not self._listeners[topic]:
                    del self._listeners[topic]


def come_back() -> str:
    """The last words of an event stream; not all pages come back at the same moment."""
    return f"retry: {random.randint(1000, 3000)}\n\n"
