"""Works off one queue: claims jobs, sees to a few at a time, and leaves none behind."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

import journal
from handoff.db import Database
from handoff.telemetry import NOBODY, Telemetry

POLL = 1.0  # seconds; wake-ups are hints, this is the safety net
CLEAN_UP = 1.0  # seconds for what is cancelled
logger = logging.getLogger(__name__)


Job = TypeVar("Job")
Given_co = TypeVar("Given_co", covariant=True)


class Claim(Protocol[Given_co]):
    async def __call__(
        self, session: AsyncSession, *, owner: str, limit: int
    ) -> Sequence[Given_co]: ...


class Line(Generic[Job]):
    """Claims from one queue and handles up to `slots` jobs at once."""

    def __init__(
        self,
        database: Database,
        topic: str,
        claim: Claim[Job],
        handle: Callable[[Job], Awaitable[None]],
        retry: Callable[[AsyncSession, Job], Awaitable[None]],
        *,
        owner: str,
        slots: int,
        telemetry: Telemetry = NOBODY,
    ) -> None:
        self._database = database
        self._telemetry = telemetry
        self._topic = topic
        self._claim = claim
        self._handle = handle
        self._retry = retry
        self._owner = owner
        self._slots = slots
        self._running: set[asyncio.Task[None]] = set()
        self.left_some = False  # jobs are leased to us that nobody here sees to

    async def run(self) -> None:
        """Until the house closes; what is being handled then is left to finish."""
        bell = self._database.bell
        async with bell.listen(self._topic) as heard:
            while not bell.is_closing:
                if not await self._take():
                    await heard.wait(POLL)

    async def _take(self) -> int:
        free = self._slots - len(self._running)
        if free <= 0:
            return 0
        self.left_some = True  # until those that are claimed are begun: a stop may fall between
        try:
            async with self._database.begin() as session:
                jobs = await self._claim(session, owner=self._owner, limit=free)
        except (SQLAlchemyError, OSError) as error:
            logger.error("cannot claim from the %s: %s", self._topic, type(error).__name__)
            return 0
        self._telemetry.claimed(self._topic, len(jobs))
        for job in jobs:
            task = asyncio.create_task(self._see_to(job))
            self._running.add(task)
            task.add_done_callback(self._ended)
        self.left_some = False
        return len(jobs)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._database.bell.ring([self._topic])

    async def _see_to(self, job: Job) -> None:
        try:
            await self._handle(job)
        except Exception as error:
            # never the text of the error: it may quote a citizen
            logger.error("a job of the %s failed: %s", self._topic, journal.place_of(error))
            self._telemetry.failed(self._topic)
            await self._put_back(job)

    async def _put_back(self, job: Job) -> None:
        """If even this fails, the lease runs out and another worker finds the job."""
        with suppress(SQLAlchemyError, OSError):
            async with self._database.begin() as session:
                await self._retry(session, job)

    async def finish(self, seconds: float) -> None:
        """Give what is running time to end, then end it."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=max(0.0, seconds))
            self.left_some = self.left_some or bool(late)
            await end(late)


async def end(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel them; what does not end for that is left to itself."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=CLEAN_UP)
