"""The workers of one process: they claim jobs, a few at a time, and see to them."""

import asyncio
import logging
import os
import secrets
import socket
from contextlib import suppress
from functools import partial

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import attachments, inbox, leases, notices, outbox
from handoff.answering import Answering
from handoff.attachments import Room, Scanner
from handoff.channel import Receive
from handoff.channel_watch import ChannelWatch
from handoff.chores import Chores
from handoff.collecting import Collecting
from handoff.db import AWAY, Database, is_away
from handoff.delivery import Delivery
from handoff.ending import CLEAN_UP
from handoff.knowledge import Knowledge
from handoff.line import Line
from handoff.tables import Attachment, Inbox, Outbox
from handoff.telemetry import NOBODY, Telemetry

NOTICES_POLL = 20.0  # seconds
UNKNOWN_POLL = 5.0  # seconds
FILES_AT_ONCE = 2  # each is held in memory whole
PAUSE = 2.0  # seconds before a job whose handling failed is tried again
NO_SCANNER = Scanner()
ENOUGH = Room()
logger = logging.getLogger(__name__)


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
        telemetry: Telemetry = NOBODY,
        stop_within: float = 20.0,  # seconds
    ) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._database = database
        self._delivery = delivery
        self._knowledge = knowledge
        self.answerers = Line(
            database,
            "inbox",
            Inbox,
            inbox.claim,
            answering.answer,
            _answer_again,
            owner=self.owner,
            slots=slots,
            telemetry=telemetry,
        )
        self.deliverers = Line(
            database,
            "outbox",
            Outbox,
            outbox.claim,
            delivery.deliver,
            _deliver_again,
            owner=self.owner,
            slots=slots,
            telemetry=telemetry,
        )
        collectors = Line(
            database,
            "attachments",
            Attachment,
            attachments.claim,
            Collecting(database, delivery.channels, scanner, room).collect,
            _collect_again,
            owner=self.owner,
            slots=min(slots, FILES_AT_ONCE),
            telemetry=telemetry,
        )
        self._lines = (self.answerers, self.deliverers, collectors)
        self._chores = Chores()
        self._stop_within = stop_within
        self._left_at: float | None = None  # by the loop's clock

    @property
    def is_well(self) -> bool:
        return self._chores.are_well

    @property
    def fallen(self) -> list[str]:
        return self._chores.fallen

    async def start(self, receive: Receive) -> None:
        """Take back what dead workers of this machine held, then work and listen."""
        self._database.bell.open()
        await self._take_back()
        for line in self._lines:
            self._chores.begin(line.topic, line.run)
        self._chores.begin("ended notices", self._tell_of_ended_notices)
        self._chores.begin("unknown outcomes", self._look_after_the_unknown)
        channels = self._delivery.channels
        self._chores.begin("channel watch", ChannelWatch(self._database, channels).run)
        for name, channel in channels.items():
            self._chores.begin(name, partial(channel.listen, receive))

    def leave(self) -> None:
        """Claim and take in nothing more; what is being handled goes on."""
        if self._left_at is None:
            self._left_at = asyncio.get_running_loop().time()
            self._database.bell.close()
            self._chores.leave()

    async def stop(self) -> None:
        """What runs may end, counted from `leave`; the rest is another worker's at once."""
        self.leave()
        assert self._left_at is not None
        await self._chores.end()
        left = self._left_at + self._stop_within - asyncio.get_running_loop().time()
        await asyncio.gather(*(line.finish(left) for line in self._lines))
        if any(line.left_some for line in self._lines):
            await self._give_back()

    async def _give_back(self) -> None:
        """If even this fails, the leases run out."""
        with suppress(SQLAlchemyError, OSError, TimeoutError):
            async with asyncio.timeout(CLEAN_UP), self._database.begin() as session:
                await leases.give_back(session, owner=self.owner)

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
        """While the database is away nothing keeps us from starting: those leases run out."""
        try:
            async with self._database.begin() as session:
                for owner in await leases.owners(session):
                    if is_dead(owner, self.owner):
                        await leases.give_back(session, owner=owner)
        except AWAY as error:
            if not is_away(error):
                raise
            logger.error("cannot take back what the dead held: %s", type(error).__name__)


async def _answer_again(session: AsyncSession, job: inbox.Claimed) -> None:
    await inbox.again(session, job, pause=PAUSE)


async def _deliver_again(session: AsyncSession, job: outbox.Claimed) -> None:
    await outbox.interrupted(
        session, job, reason="errore interno", pause=outbox.backoff(job.attempts)
    )


async def _collect_again(session: AsyncSession, job: attachments.Claimed) -> None:
    await attachments.again(session, job, pause=PAUSE)


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
