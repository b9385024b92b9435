"""Fetches updates by long polling; Telegram forgets one only after we have committed it."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

from telegram.error import RetryAfter, TelegramError

from handoff.channels.telegram import updates
from handoff.channels.telegram.delivery import seconds

logger = logging.getLogger(__name__)

Prepare = Callable[[], Awaitable[object]]
Fetch = Callable[[int | None], Awaitable[list[Any]]]
Take = Callable[[object], Awaitable[None]]


class Patience:
    """Waits longer with each failure and tells the log about the first of a kind."""

    def __init__(self, *, shortest: float = 1.0, longest: float = 10.0) -> None:
        # no more than ten seconds: what one broken update delays must stay bearable for others
        self._shortest = shortest
        self._longest = longest
        self._failures = 0
        self._told: str | None = None

    async def wait(self, error: Exception) -> None:
        self._tell(error)
        pause = min(self._longest, self._shortest * 2.0 ** min(self._failures, 20))
        self._failures += 1
        if isinstance(error, RetryAfter):
            await asyncio.sleep(seconds(error.retry_after).total_seconds())
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))

    def _tell(self, error: Exception) -> None:
        kind = type(error).__name__
        if kind != self._told:
            # the words of any other error may be a citizen's
            words = f"{kind}: {error}" if isinstance(error, TelegramError) else kind
            logger.warning("no messages from Telegram at the moment, trying on: %s", words)
        self._told = kind

    def over(self) -> None:
        if self._told is not None:
            logger.warning("messages from Telegram arrive again")
        self._failures, self._told = 0, None


async def insist(call: Callable[[], Awaitable[object]], patience: Patience) -> None:
    """Call until it succeeds."""
    while True:
        try:
            await call()
        except Exception as error:
            await patience.wait(error)
        else:
            patience.over()
            return


class Poller:
    """The one that polls: Telegram tells a second one (409), and both step back by chance."""

    def __init__(self, *, prepare: Prepare, fetch: Fetch, take: Take) -> None:
        self._prepare = prepare
        self._fetch = fetch
        self._take = take
        self._is_ready = False
        self._offset: int | None = None  # asking for this one confirms all before it

    async def run(self, patience: Patience) -> None:
        """Until cancelled. After trouble it prepares anew: somebody may have set a webhook."""
        while True:
            await insist(self._poll, patience)

    async def _poll(self) -> None:
        if not self._is_ready:
            await self._prepare()
        self._is_ready = False
        await self._take_all(await self._fetch(self._offset))
        self._is_ready = True

    async def _take_all(self, batch: list[Any]) -> None:
        """One that fails is served again, with all after it, but these do not wait for it."""
        failures: list[Exception] = []
        for raw in batch:
            try:
                await self._take(raw)
            except Exception as error:
                failures.append(error)
            if not failures:
                self._offset = updates.id_of(raw) + 1
        if failures:
            raise failures[0]
