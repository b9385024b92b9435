"""Where the bots are: every address that is named, and every one that a name stands for."""

import asyncio
import ipaddress
import logging
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeGuard

import httpx

LOOK_AGAIN = 5.0  # seconds; bots come and go under one name where they are scaled
PATIENCE = 2.0  # seconds that the first look may take
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
logger = logging.getLogger(__name__)


async def resolve(host: str, port: int) -> Sequence[str]:
    """The IPv4 addresses of a name, else the IPv6 ones: with both, one bot would count as two."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    families = {family for family, *_ in found}
    wanted = socket.AF_INET if socket.AF_INET in families else socket.AF_INET6
    return sorted({str(where[0]) for family, _, _, _, where in found if family == wanted})


class Addresses:
    """Base URLs, one for each bot. A name in an https address stays: certificates name it."""

    def __init__(
        self,
        urls: Iterable[str],
        *,
        resolve: Resolve = resolve,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._named = [httpx.URL(url.rstrip("/")) for url in urls]
        self._last: dict[httpx.URL, Sequence[str]] = {}
        self._resolve, self._clock = resolve, clock
        self._look_at = 0.0
        self._looking: asyncio.Task[None] | None = None

    async def now(self) -> list[str]:
        """As they were at the last look, which nobody waits for but at the start."""
        if not _is_at_work(self._looking) and self._clock() >= self._look_at:
            self._looking = asyncio.create_task(self._look())
        if _is_at_work(self._looking) and not self._last:
            await asyncio.wait([self._looking], timeout=PATIENCE)
        known = (self._last.get(url) or [str(url)] for url in self._named)
        return list(dict.fromkeys(each for urls in known for each in urls))

    async def of_health(self) -> list[str]:
        """Where each bot tells how it is and which model it has."""
        return [url + "/webhooks/handoff/health" for url in await self.now()]

    async def _look(self) -> None:
        """A name that is not found keeps the addresses that it had."""
        for url in filter(_stands_for_several, self._named):
            try:
                hosts = await self._resolve(url.host, url.port or 80)
            except OSError as error:
                logger.warning("cannot look up where the bots are: %s", type(error).__name__)
            else:
                self._last[url] = [str(url.copy_with(host=host)) for host in hosts]
        self._look_at = self._clock() + LOOK_AGAIN


def _is_at_work(task: asyncio.Task[None] | None) -> TypeGuard[asyncio.Task[None]]:
    return task is not None and not task.done()


def _stands_for_several(url: httpx.URL) -> bool:
    if url.scheme != "http":
        return False
    try:
        ipaddress.ip_address(url.host)
    except ValueError:
        return True
    return False
