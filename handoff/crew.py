"""The workers of one process: they claim jobs, a few at a time, and see to them."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import attachments, inbox, leases, notices, outbox
from handoff.answering import Answering
from handoff.attachments import Room, Scanner
from handoff.channel import Channel, Receive
from handoff.channel_watch import ChannelWatch
from handoff.collecting import Collecting
from handoff.db import Database
from handoff.delivery import Delivery
from handoff.knowledge import Knowledge

POLL = 1.0  # seconds; wake-ups are hints, this is the safety net
NOTICES_POLL = 20.0  # seconds
UNKNOWN_POLL = 5.0  # seconds
PAUSE = 2.0  # seconds before a job whose handling failed is tried again
NO_SCANNER = Scanner()
ENOUGH = Room()
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
    ) -> None:
        self._database = database
        self._topic = topic
        self._claim = claim
        self._handle = handle
        self._retry = retry
        self._owner = owner
        self._slots = slots
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled; what is being handled then is left to finish."""
        async with self._database.bell.listen(self._topic) as heard:
            while True:
                if not await self._take():
                    await heard.wait(POLL)

    async def _take(self) -> int:
        free = self._slots - len(self._running)
        if free <= 0:
            return 0
        try:
            async with self._database.begin() as session:
                jobs = await self._claim(session, owner=self._owner, limit=free)
        except (SQLAlchemyError, OSError) as error:
            logger.error("cannot claim from the %s: %s", self._topic, type(error).__name__)
            return 0
        for job in jobs:
            task = asyncio.create_task(self.see_to(job))
            self._running.add(task)
            task.add_done_callback(self._ended)
        return len(jobs)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._database.bell.ring([self._topic])

    async def see_to(self, job: Job) -> None:
        """Whatever happens, it ends settled, put back, or for the lease to run out."""
        try:
            await self._handle(job)
        except Exception as error:
            # never the text of the error: it may quote a citizen
            logger.error("a job of the %s failed: %s", self._topic, type(error).__name__)
            await self._put_back(job)

    async def _put_back(self, job: Job) -> None:
        """If even this fails, the lease runs out and another worker finds the job."""
        with suppress(SQLAlchemyError, OSError):
            await self._database.insist(lambda session: self._retry(session, job))

    async def finish(self, seconds: float) -> None:
        """Give what is running time to end."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)


class Crew:
    def __init__(
        self,
        database: Database,
        answering: Answering,
        delivery: Delivery,
        knowledge: Knowledge,
        *,
        slots: int,
        scanner: Scanner = NO_SCANNER,
        room: Room = ENOUGH,
    ) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._database = database
        self._delivery = delivery
        self._knowledge = knowledge
        self.answers = Line(
            database,
            "inbox",
            inbox.claim,
            answering.answer,
            _answer_again,
            owner=self.owner,
            slots=slots,
        )
        self.deliveries = Line(
            database,
            "outbox",
            outbox.claim,
            delivery.deliver,
            _deliver_again,
            owner=self.owner,
            slots=slots,
        )
        collections = Line(
            database,
            "attachments",
            attachments.claim,
            Collecting(database, delivery.channels, scanner, room).collect,
            _collect_again,
            owner=self.owner,
            slots=max(1, slots // 2),  # each holds a whole file in memory
        )
        self._lines = (self.answers, self.deliveries, collections)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_well(self) -> bool:
        return not any(task.done() for task in self._tasks)

    async def start(self, receive: Receive) -> None:
        """Take back what dead workers of this machine held, then work and listen."""
        await self._take_back()
        channels: Sequence[Channel] = tuple(self._delivery.channels.values())
        self._tasks = [
            *(asyncio.create_task(line.run()) for line in self._lines),
            asyncio.create_task(self._tell_of_ended_notices()),
            asyncio.create_task(self._look_after_the_unknown()),
            asyncio.create_task(ChannelWatch(self._database, self._delivery.channels).run()),
            *(asyncio.create_task(_listen(channel, receive)) for channel in channels),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        for line in self._lines:
            await line.finish(10)

    async def _tell_of_ended_notices(self) -> None:
        """A few at a time, each few in a transaction of their own: a restart goes on there."""
        channels = self._delivery.channels.values()
        windows = {channel.name: channel.window for channel in channels if channel.window}
        async with self._database.bell.listen(notices.RINGS) as heard:
            while True:
                try:
                    async with self._database.begin() as session:
                        told = await notices.tell_the_end(session, self._knowledge, windows)
                except (SQLAlchemyError, OSError) as error:
                    logger.error("cannot tell of ended notices: %s", type(error).__name__)
                    told = 0
                if not told:
                    await heard.wait(NOTICES_POLL)

    async def _look_after_the_unknown(self) -> None:
        while True:
            try:
                await self._delivery.look_after_the_unknown()
            except (SQLAlchemyError, OSError) as error:
                logger.error("cannot see to unknown outcomes: %s", type(error).__name__)
            await asyncio.sleep(UNKNOWN_POLL)

    async def _take_back(self) -> None:
        async with self._database.begin() as session:
            for owner in await leases.owners(session):
                if is_dead(owner, self.owner):
                    await leases.give_back(session, owner=owner)


async def _answer_again(session: AsyncSession, job: inbox.Claimed) -> None:
    await inbox.again(session, job, pause=PAUSE)


async def _deliver_again(session: AsyncSession, job: outbox.Claimed) -> None:
    await outbox.interrupted(session, job, reason="errore interno", pause=PAUSE)


async def _collect_again(session: AsyncSession, job: attachments.Claimed) -> None:
    await attachments.again(session, job, pause=PAUSE)


async def _listen(channel: Channel, receive: Receive) -> None:
    """A listener that ends or fails must not look like a quiet one."""
    await channel.listen(receive)
    await asyncio.Event().wait()


def is_dead(owner: str, me: str) -> bool:
    """True if `owner` ran on this machine and is gone; elsewhere only its lease tells."""
    host, pid, _ = owner.rsplit(":", 2)
    my_host, my_pid, _ = me.rsplit(":", 2)
    if host != my_host or owner == me:
        return False
    if pid == my_pid:  # its number is ours now: first process of a restarted container
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
