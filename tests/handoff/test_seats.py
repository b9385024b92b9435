"""A message is claimed in the transaction that stores it, for a worker who is free here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import inbox, leases
from handoff.crew import Crew
from handoff.db import Database
from handoff.delivery import Delivery
from handoff.gateway import Gateway, PrivacyNotice
from handoff.inbox import Claimed
from handoff.knowledge import Knowledge
from handoff.safety import Safety
from handoff.settings import ROOT
from handoff.tables import Inbox
from tests.handoff.machine.world import Frail
from tests.handoff.talk import Citizen

ELSEWHERE = "there:1:other"
PATIENCE = 10.0  # seconds


class Torn(Frail):
    """Its next transaction breaks off when all of it is done but the commit."""

    tears = False

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        async with super().begin() as session:
            yield session
            if self.tears:
                self.tears = False
                raise OperationalError("commit", None, ConnectionError("gone"))


class Office:
    """A gateway and, in the same process, workers who end what they began when they may."""

    def __init__(self, url: str) -> None:
        self.database, self.entrance = Database(url), Torn(url)
        self.entrance.bell = self.database.bell
        self.begun: list[str] = []
        self.may_end = asyncio.Event()
        self.ended: asyncio.Queue[str] = asyncio.Queue()
        knowledge = Knowledge.load(ROOT / "data")
        self.gateway = Gateway(
            self.entrance,
            knowledge,
            Safety.load(ROOT / "data"),
            privacy=PrivacyNotice("https://example.it/privacy", "1"),
        )
        delivery = Delivery(self.database, {})
        self.crew = Crew(self.database, self, delivery, knowledge, slots=2, stop_within=0)  # type: ignore[arg-type]
        self.gateway.employ(self.crew.answerers)

    async def answer(self, job: Claimed) -> None:
        self.begun.append(job.message.text)
        await self.may_end.wait()
        async with self.database.begin() as session:
            assert await inbox.finish(session, job)
        self.ended.put_nowait(job.message.text)

    async def hears(self, name: str, *texts: str) -> None:
        citizen = Citizen(self.gateway, address=name)
        for words in texts:
            await citizen.says(words)
        await asyncio.sleep(0)  # those who were given something begin

    async def jobs(self) -> list[tuple[str, bool]]:
        """Their states, and whether they are ours."""
        async with self.database.read() as session:
            found = await session.execute(select(Inbox.state, Inbox.owner).order_by(Inbox.id))
            return [(state, owner == self.crew.owner) for state, owner in found]

    async def end(self, number: int) -> None:
        """Let the workers go on, until so many jobs are done."""
        self.may_end.set()
        async with asyncio.timeout(PATIENCE):
            for _ in range(number):
                await self.ended.get()
        assert await self.jobs() == [("done", False)] * number

    async def other_claims(self) -> list[str]:
        """What a worker of another process finds."""
        async with self.database.begin() as session:
            jobs = await inbox.claim(session, owner=ELSEWHERE, limit=4)
        return [job.message.text for job in jobs]


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    office = Office(database_url)
    await office.crew.start(office.gateway.take)
    await asyncio.sleep(0)  # its workers begin to look
    yield office
    await office.crew.stop()
    for database in (office.database, office.entrance):
        await database.close()


async def test_a_free_worker_begins_with_what_was_stored_and_a_busy_one_when_it_is_free(
    office: Office,
) -> None:
    for name in ("anna", "bruno"):
        await office.hears(name, name)
    assert await office.jobs() == [("run", True)] * 2  # nobody had to look for them
    assert office.begun == ["anna", "bruno"]
    await office.hears("carla", "carla")
    assert await office.jobs() == [("run", True), ("run", True), ("ready", False)]
    await office.end(3)
    assert office.begun == ["anna", "bruno", "carla"]


async def test_what_stands_behind_an_unfinished_message_waits_though_a_worker_is_free(
    office: Office,
) -> None:
    await office.hears("anna", "uno", "due")
    assert await office.jobs() == [("run", True), ("ready", False)]
    assert office.begun == ["uno"]
    await office.end(2)
    assert office.begun == ["uno", "due"]


async def test_what_could_not_be_stored_is_begun_by_nobody_and_keeps_no_worker(
    office: Office,
) -> None:
    for _ in range(3):  # more than there are workers
        office.entrance.tears = True
        with pytest.raises(OperationalError):
            await office.hears("anna", "uno")
    assert (await office.jobs(), office.begun) == ([], [])
    await office.hears("anna", "uno")
    await office.hears("bruno", "due")
    assert office.begun == ["uno", "due"]


async def test_what_was_stored_and_never_begun_is_anothers_when_the_lease_ran_out(
    office: Office,
) -> None:
    office.entrance.unheard = 1
    with pytest.raises(OperationalError):
        await office.hears("anna", "uno")
    assert (await office.jobs(), office.begun) == ([("run", True)], [])
    assert await office.other_claims() == []
    async with office.database.begin() as session:
        await session.execute(update(Inbox).values(lease_until=Inbox.lease_until - leases.LEASE))
        await session.execute(update(Inbox).values(lease_until=Inbox.lease_until - 1.0))
    assert await office.other_claims() == ["uno"]
    await office.hears("anna", "uno")  # the provider was not told, and sends it again
    assert len(await office.jobs()) == 1


async def test_what_was_stored_and_never_begun_is_anothers_at_once_when_this_process_stops(
    office: Office,
) -> None:
    office.entrance.unheard = 1
    with pytest.raises(OperationalError):
        await office.hears("anna", "uno")
    await office.crew.stop()
    assert await office.other_claims() == ["uno"]
