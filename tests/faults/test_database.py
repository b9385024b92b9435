"""Faults 3, 16, 17, 18, 22 and 23: the database is away, locked or full, a clock jumps, a
message kills its workers. Nothing that was acknowledged is lost, and nothing is done twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text, update

from handoff import attachments, inbox, leases, outbox
from handoff.app import create_app
from handoff.attachments import Room
from handoff.channel import Attachment
from handoff.collecting import MAX_ATTEMPTS, Collecting
from handoff.db import Database, is_away, now
from handoff.settings import Settings
from handoff.tables import Attachment as File
from handoff.tables import Conversation, Inbox, Message, Outbox, Ticket, present
from tests.fake_bot import FakeBot
from tests.faults.breaking import alter, away, locked, unwritable
from tests.faults.cutting import second_is_lost
from tests.handoff.browser import ROOT, Browser, open_browser
from tests.handoff.desk import Desk, hire
from tests.handoff.files import png
from tests.handoff.post import OpenPost, deliver, say
from tests.handoff.post import state as outbox_of
from tests.handoff.talk import Citizen, answers

HEART = "mi fa male il petto e non respiro"
HOUR = timedelta(hours=1)


def hurried(url: str) -> str:
    """SQLite waits for another writer for a moment only, so that a test need not."""
    return f"{url}?timeout=0.1" if url.startswith("sqlite") else url


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"database_url": hurried(settings.database_url), "limits": False}
    )


@pytest.fixture
async def browser(client: httpx.AsyncClient) -> Browser:
    return await open_browser(client)


async def finals(browser: Browser, said: set[str]) -> list[str]:
    """What each of these messages got, once every one has a final answer."""
    found: list[str] = []
    after = 0
    async with asyncio.timeout(30):
        while said - set(found):
            for message in (await browser.page(after=after, wait=1))["messages"]:
                after = message["seq"]
                found += [message["reply_to"]] if message["final"] else []
    return found


async def test_fault_16_a_database_that_is_away_acknowledges_nothing_and_comes_back(
    app: FastAPI, browser: Browser, database_url: str
) -> None:
    stuck = {"client_message_id": str(uuid4()), "text": "dove posso parcheggiare?"}
    before = (await browser.posts(text="parcheggio")).json()["id"]
    async with away(database_url):
        refused = await browser.posts(**stuck)
        health = await browser.client.get("/readyz")
    assert (refused.status_code, health.json()["failed"]) == (503, ["database"])
    assert refused.json()["detail"].startswith("Il servizio non è raggiungibile")
    stored = await browser.posts(**stuck)
    assert (stored.status_code, stored.json()["duplicate"]) == (202, False)
    said = {before, stored.json()["id"]}
    assert sorted(await finals(browser, said)) == sorted(said)
    assert app.state.crew.fallen == []


async def test_fault_16_a_service_that_starts_meanwhile_works_when_it_is_back(
    settings: Settings, database_url: str
) -> None:
    starting = create_app(settings)
    async with AsyncExitStack() as stack:
        async with away(database_url):
            await stack.enter_async_context(starting.router.lifespan_context(starting))
        citizen = Citizen(starting.state.gateway)
        assert await answers(starting.state.database, await citizen.says("parcheggio"))
        assert starting.state.crew.fallen == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_fault_16_a_connection_lost_while_it_is_prepared_is_a_database_that_is_away(
    database_url: str,
) -> None:
    async with second_is_lost(database_url) as url:
        database = Database(url)
        tried = await asyncio.gather(
            *(database.try_writing() for _ in range(2)), return_exceptions=True
        )
        [error] = [one for one in tried if one is not None]
        assert is_away(error), error
        await database.try_writing()
        await database.close()


@pytest.mark.slow
async def test_fault_16_connections_that_break_all_the_time_lose_and_double_nothing(
    app: FastAPI, browser: Browser, database_url: str, fake_bot: FakeBot
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite has no connections to break")
    breaking = asyncio.create_task(_break_again_and_again(database_url))
    said = [await _posted(browser, "parcheggio") for _ in range(6)]
    breaking.cancel()
    got = await finals(browser, set(said))
    assert sorted(got) == sorted(said)
    assert app.state.crew.fallen == []


async def _break_again_and_again(url: str) -> None:
    while True:
        await alter(url)
        await asyncio.sleep(0.03)  # so that some transactions get through in between


async def _posted(browser: Browser, words: str) -> str:
    """As a provider does it: again, under the same number, until it is taken."""
    body = {"client_message_id": str(uuid4()), "text": words}
    for _ in range(500):
        response = await browser.posts(**body)
        if response.status_code != 503:
            break
        await asyncio.sleep(0.01)
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


async def test_fault_03_what_could_not_be_committed_is_taken_when_it_comes_again(
    idle: FastAPI, database_url: str
) -> None:
    citizen = Citizen(idle.state.gateway, channel="post")
    async with away(database_url):
        with pytest.raises(Exception, match="database|connect"):
            await citizen.says(HEART)
    received = await Citizen(idle.state.gateway, channel="post").says(HEART)
    assert not received.duplicate
    async with idle.state.database.read() as session:
        assert len(list(await session.scalars(select(Ticket)))) == 1


class CutOff(OpenPost):
    """The message arrives, and in this moment the connection to the database is lost."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    async def send(self, message):  # type: ignore[no-untyped-def]
        receipt = await super().send(message)
        await alter(self._url) if "postgresql" in self._url else None
        return receipt


async def test_fault_02_what_arrived_is_known_to_have_arrived_though_the_database_was_cut_off(
    database: Database, database_url: str
) -> None:
    post = CutOff(database_url)
    key = await say(database, text="uno")
    await deliver(database, post)
    row = await outbox_of(database, key)
    assert (row.state, row.external_id, len(post.sent)) == ("sent", "id-1", 1)


async def test_fault_02_an_attempt_that_broke_off_inside_is_not_simply_made_again(
    database: Database,
) -> None:
    key = await say(database, text="uno")
    async with database.begin() as session:
        [job] = await outbox.claim(session, owner="host:1:a")
    async with database.begin() as session:
        await outbox.interrupted(session, job, reason="errore interno", pause=0.0)
    post = OpenPost()
    await deliver(database, post)
    assert ((await outbox_of(database, key)).state, post.sent) == ("unknown", [])


async def test_fault_17_a_lock_of_a_moment_is_waited_for_and_a_long_one_is_told(
    database_url: str,
) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("only SQLite has one writer at a time")
    patient, hasty = (Database(f"{database_url}?timeout={seconds}") for seconds in (30, 0.5))
    with locked(database_url):
        waiting = asyncio.create_task(_writes(patient))
        with pytest.raises(Exception, match="locked"):
            await _writes(hasty)
        assert not waiting.done()
        async with patient.read() as session:  # who only reads waits for nobody
            assert await session.scalar(text("select 1")) == 1
    await waiting
    await patient.close()
    await hasty.close()


async def _writes(database: Database) -> None:
    async with database.begin() as session:
        session.add(Conversation(channel="post", address=uuid4().hex))


async def test_fault_18_without_room_nothing_is_acknowledged_and_it_recovers_alone(
    app: FastAPI, browser: Browser, database_url: str
) -> None:
    for _ in range(5):
        await browser.asks(text="parcheggio")
    stuck = {"client_message_id": str(uuid4()), "text": HEART}
    async with unwritable(database_url):
        refused = await browser.posts(**stuck)
        health = await browser.client.get("/readyz")
        read = await browser.client.get(f"{ROOT}/messages?after=0", headers=browser.headers)
    assert (refused.status_code, read.status_code) == (503, 200)
    assert (health.status_code, health.json()["failed"]) == (503, ["database"])
    assert (await browser.posts(**stuck)).status_code == 202
    heard = (await browser.page(after=0))["messages"]
    assert [message["topic"] for message in heard[-2:]] == [None, "emergenza"]
    assert app.state.crew.fallen == []
    await app.state.database.try_writing()


@pytest.fixture
async def crowded(settings: Settings) -> AsyncIterator[FastAPI]:
    """The service on a disk of which less is free than it wants."""
    app = create_app(settings.model_copy(update={"low_disk": 1.0}))
    async with app.router.lifespan_context(app):
        yield app


async def test_fault_18_files_are_refused_before_messages_and_the_lack_is_told(
    crowded: FastAPI,
) -> None:
    transport = httpx.ASGITransport(crowded)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        browser = await open_browser(client)
        headers = {**browser.headers, "X-Client-Message-Id": str(uuid4()), "X-File-Name": "a.png"}
        file = await client.post(f"{ROOT}/attachments", content=png(), headers=headers)
        heard = await browser.asks(text="dove posso parcheggiare?")
        told = (await client.get("/readyz")).json()["reasons"]["disk"]
    assert (file.status_code, heard[-1]["topic"]) == (503, "parcheggio")
    assert "file" in file.json()["detail"]
    assert "spazio su disco" in told


async def test_fault_18_files_of_providers_stay_there_until_there_is_room(idle: FastAPI) -> None:
    database = idle.state.database
    photo = Attachment(kind="image", name="foto.png", reference="abc")
    await Citizen(idle.state.gateway, channel="post").says(files=(photo,))
    no_room = Collecting(database, {}, idle.state.house.scanner, Room(lambda: 0.05, 0.1))
    for _ in range(MAX_ATTEMPTS + 1):
        async with database.begin() as session:
            await session.execute(update(File).values(due=0.0))
            jobs = await attachments.claim(session, owner="host:1:a")
        for job in jobs:
            await no_room.collect(job)
    async with database.read() as session:
        [row] = await session.scalars(select(File))
    assert (row.state, row.attempts, row.reference) == ("ready", 0, "abc")


async def test_fault_22_a_clock_that_was_set_back_holds_nothing_up_and_counts_no_time_below_zero(
    app: FastAPI, citizen: Citizen
) -> None:
    database = app.state.database
    await citizen.hears("voglio parlare con una persona")
    async with database.begin() as session:  # all that was written before the clock was set back
        for table in (Message, Conversation, Ticket, Inbox, Outbox):
            ahead = {"opened_at" if table is Ticket else "created_at": present() + HOUR}
            await session.execute(update(table).values(**ahead))
    heard = await citizen.hears("ci siete?")
    assert [message.topic for message in heard] == ["in_coda"]
    desk = await Desk(app).enters(await hire(database, "carla"))
    [card] = (await desk.looks("tickets")).json()["tickets"]
    taken = await desk.acts(await _version_of(desk, card), "take")
    assert (taken.status_code, card["due_at"] > present().isoformat()) == (200, True)


async def _version_of(desk: Desk, card: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await desk.looks(f"tickets/{card['id']}")).json()
    return found


async def _only_ticket(database: Database) -> Ticket:
    async with database.read() as session:
        [ticket] = await session.scalars(select(Ticket))
    return ticket


async def test_fault_22_leases_end_by_the_databases_clock_and_not_by_a_workers(
    idle: FastAPI,
) -> None:
    database = idle.state.database
    await Citizen(idle.state.gateway).says("parcheggio")
    async with database.begin() as session:
        [job] = await inbox.claim(session, owner="host:1:a")
        ends = await session.scalar(select(Inbox.lease_until).where(Inbox.id == job.id))
        by_database = await session.scalar(select(now()))
        assert await inbox.claim(session, owner="host:2:b") == []
    assert ends - by_database == pytest.approx(leases.LEASE, abs=5)


async def test_fault_23_a_message_that_kills_every_worker_is_a_persons_and_the_rest_goes_on(
    idle: FastAPI, fake_bot: FakeBot
) -> None:
    citizen, database = Citizen(idle.state.gateway), idle.state.database
    poison = await citizen.says("parcheggio")
    later = await citizen.says("parcheggio")
    for worker in range(inbox.MAX_ATTEMPTS):  # each is killed with the message in its hands
        async with database.begin() as session:
            [job] = await inbox.claim(session, owner=f"elsewhere:1:{worker}", limit=4)
            await session.execute(update(Inbox).values(lease_until=0.0))
        assert job.message.id == poison.message_id
    await idle.state.crew.start(idle.state.gateway.receive)
    assert [message.topic for message in await answers(database, poison)] == ["bot_assente"]
    assert (await answers(database, later))[-1].topic == "in_coda"
    ticket = await _only_ticket(database)
    assert (ticket.kind, ticket.message_id) == ("guasto", poison.message_id)
    assert fake_bot.asked == []
    async with database.read() as session:
        assert (
            await session.scalar(select(Inbox.state).where(Inbox.message_id == poison.message_id))
            == "dead"
        )
        assert (await session.get_one(Message, poison.message_id)).text == "parcheggio"
