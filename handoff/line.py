"""One queue's workers in one process: they claim jobs, a few at a time, and see to them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Generic, Protocol, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

import journal
from handoff import leases
from handoff.db import Database
from handoff.ending import end
from handoff.tables import Attachment, Inbox, Outbox
from handoff.telemetry import NOBODY, Telemetry

POLL = 1.0  # seconds; wake-ups are hints, this is the safety net
Job = TypeVar("Job")
Given_co = TypeVar("Given_co", covariant=True)
logger = logging.getLogger(__name__)


class Claim(Protocol[Given_co]):
    async def __call__(
        self, session: AsyncSession, *, owner: str, limit: int
    ) -> Sequence[Given_co]: ...


class Seat(Generic[Job]):
    """A worker who is free for what is being stored just now."""

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.job: Job | None = None

    def start(self, job: Job) -> None:
        """Once it is committed, claimed for this owner."""
        self.job = job


class Line(Generic[Job]):
    """Claims from one queue and handles up to `slots` jobs at once."""

    def __init__(
        self,
        database: Database,
        topic: str,
        table: type[Inbox | Outbox | Attachment],
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
        self.topic = topic
        self._table = table
        self._claim = claim
        self._handle = handle
        self._retry = retry
        self._owner = owner
        self._slots = slots
        self._running: set[asyncio.Task[None]] = set()
        self._kept = 0  # seats
        self._more = False  # some may wait that could not be claimed when we looked
        self._is_claiming = False
        self._lost_some = False
        self._is_open = False

    async def run(self) -> None:
        """Until the house closes; what is being handled then is left to finish."""
        self._is_open = True
        try:
            await self._go_on()
        finally:
            self._is_open = False

    async def _go_on(self) -> None:
        bell, rang = self._database.bell, False
        async with bell.listen(self.topic) as heard:
            while not bell.is_closing:
                if not await self._take(after_ring=rang):
                    rang = await heard.wait(POLL)

    async def _take(self, *, after_ring: bool) -> int:
        """How many; most rings tell of what another has taken already, or of nothing for us."""
        free = self._free
        if free <= 0:
            self._more = True
            return 0
        try:
            if after_ring:
                self._more = await self._looks_worth_it()
                if not self._more:
                    return 0
            self._is_claiming = True  # until those claimed are begun: a stop may fall between
            async with self._database.begin() as session:
                jobs = await self._claim(session, owner=self._owner, limit=free)
        except (SQLAlchemyError, OSError) as error:
            logger.error("cannot claim from the %s: %s", self.topic, type(error).__name__)
            return 0
        self._telemetry.claimed(self.topic, len(jobs))
        for job in jobs:
            self._start(job)
        self._is_claiming = False
        return len(jobs)

    @property
    def left_some(self) -> bool:
        """Jobs may be leased to us that nobody here sees to."""
        return self._is_claiming or self._lost_some

    @property
    def _free(self) -> int:
        return self._slots - len(self._running) - self._kept

    @contextmanager
    def seat(self) -> Iterator[Seat[Job] | None]:
        """A free worker's, who waits for a job to be stored; None when all are busy."""
        if not self._is_open or self._free <= 0 or self._database.bell.is_closing:
            yield None
            return
        self._kept += 1
        seat = Seat[Job](self._owner)
        try:
            yield seat
        except BaseException:
            self._lost_some = True  # it may be committed all the same, claimed for us
            raise
        finally:
            self._kept -= 1
            if seat.job is not None:
                self._telemetry.claimed(self.topic, 1)
                self._start(seat.job)
            elif self._more:
                self._database.bell.ring([self.topic])

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self.see_to(job))
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def _looks_worth_it(self) -> bool:
        async with self._database.read() as session:
            return await leases.may_have_some(session, self._table)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if self._more:
            self._database.bell.ring([self.topic])

    async def see_to(self, job: Job) -> None:
        """Whatever happens, it ends settled, put back, or for the lease to run out."""
        try:
            await self._handle(job)
        except Exception as error:
            # never the text of the error: it may quote a citizen
            logger.error("a job of the %s failed: %s", self.topic, journal.place_of(error))
            self._telemetry.failed(self.topic)
            await self._put_back(job)

    async def _put_back(self, job: Job) -> None:
        """If even this fails, the lease runs out and another worker finds the job."""
        with suppress(SQLAlchemyError, OSError):
            await self._database.insist(lambda session: self._retry(session, job))

    async def finish(self, seconds: float) -> None:
        """Give what is running time to end, then end it."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=max(0.0, seconds))
            self._lost_some = self._lost_some or bool(late)
            await end(late)
