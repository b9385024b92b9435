"""SIGTERM: what runs is finished, what cannot be is another's at once, nobody is left waiting."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from handoff.api.transcript import read_page, wait_for_more
from handoff.app import create_app
from handoff.db import Database
from handoff.settings import Settings
from handoff.tables import Inbox, Message
from tests import serving
from tests.fake_bot import FakeBot
from tests.handoff.browser import ROOT, Browser, open_browser
from tests.handoff.talk import Citizen, answers
from tests.postgres import free_port

LONGEST = 25.0  # seconds from SIGTERM to the end, whatever hangs
NO_TIME = 5.0  # seconds; a lease is sixty


async def asked(fake_bot: FakeBot) -> None:
    async with asyncio.timeout(20):
        while not fake_bot.asked:  # noqa: ASYNC110 (a thread of another world appends to it)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def opened(browser: Browser, after: int) -> AsyncIterator[httpx.Response]:
    address, query = f"{ROOT}/events", {"after": after}
    async with browser.client.stream(
        "GET", address, params=query, headers=browser.headers
    ) as response:
        yield response


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_stop_amid_an_answer_ends_streams_finishes_it_and_loses_nothing(
    database_url: str, fake_bot: FakeBot
) -> None:
    port = free_port()
    service = serving.handoff(port=port, database_url=database_url, bot_url=fake_bot.url)
    fake_bot.delay = 2.0
    with serving.running(service):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=40) as client:
            browser = await open_browser(client)
            said = (await browser.posts(text="dove si parcheggia?")).json()
            await asked(fake_bot)
            async with opened(browser, said["seq"]) as stream:
                lines = stream.aiter_lines()
                assert await anext(lines) == ": eccoci"
                began = time.monotonic()
                stopping = asyncio.create_task(asyncio.to_thread(service.stop))
                heard = [line async for line in lines if line]
                assert heard[-1].startswith("retry: ")
                assert not [line for line in heard if line.startswith("event: message")]
            await stopping
        assert time.monotonic() - began < LONGEST
    database = Database(database_url)
    page = await read_page(database, browser.conversation_id, after=said["seq"])
    await database.close()
    finals = [message["reply_to"] for message in page.messages if message["final"]]
    assert finals == [said["id"]]
    assert len(fake_bot.asked) == 1


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_worker_whose_bot_hangs_is_gone_in_time_and_another_answers_at_once(
    database_url: str, settings: Settings, fake_bot: FakeBot
) -> None:
    fake_bot.fault = "hang"
    hanging = serving.worker(
        port=free_port(),
        database_url=database_url,
        bot_url=fake_bot.url,
        SPORTELLO_BOT_TIMEOUT="60",
        SPORTELLO_STOP_WITHIN="2",
    )
    idle = create_app(settings.model_copy(update={"workers": 0}))
    async with idle.router.lifespan_context(idle):
        with serving.running(hanging):
            received = await Citizen(idle.state.gateway).says("dove si parcheggia?")
            await asked(fake_bot)
            began = time.monotonic()
            await asyncio.to_thread(hanging.stop)
            assert time.monotonic() - began < 2 + NO_TIME
        async with idle.state.database.read() as session:
            row = (await session.scalars(select(Inbox))).one()
        assert (row.state, row.owner) == ("ready", None)
    fake_bot.fault = None
    other = create_app(settings)
    async with other.router.lifespan_context(other):
        async with asyncio.timeout(NO_TIME):
            said = await answers(other.state.database, received)
    assert [message.topic for message in said] == ["parcheggio"]


async def test_a_bot_that_ends_with_us_is_no_fault_of_its(
    app: FastAPI, citizen: Citizen, fake_bot: FakeBot
) -> None:
    """No ticket, no apology: the message waits for whoever works next."""
    fake_bot.fault, fake_bot.delay = "broken", 0.3
    received = await citizen.says("dove si parcheggia?")
    await asked(fake_bot)
    await app.state.crew.stop()
    async with app.state.database.read() as session:
        state = await session.scalar(
            select(Inbox.state).where(Inbox.message_id == received.message_id)
        )
        said = list(
            await session.scalars(select(Message).where(Message.reply_to == received.message_id))
        )
    assert (state, said) == ("ready", [])
    assert len(fake_bot.asked) == 1


def test_a_thread_that_hangs_does_not_keep_the_process() -> None:
    stuck = "import threading; threading.Thread(target=threading.Event().wait).start()"
    program = f"from handoff.ending import gone_within; {stuck}; gone_within(0.05)"
    ended = subprocess.run([sys.executable, "-c", program], cwd=serving.ROOT, timeout=20)  # noqa: PLW1510
    assert ended.returncode == 1


async def test_who_waits_for_a_page_or_a_hint_is_let_go(database: Database) -> None:
    first = await read_page(database, "nobody", after=0)

    async def waits() -> None:
        rings = database.bell.rings
        page = await wait_for_more(database, "nobody", first, after=0, seconds=25, rings=rings)
        assert page.messages == []

    waiting = asyncio.create_task(waits())
    await asyncio.sleep(0)  # it listens now
    database.bell.close()
    async with asyncio.timeout(2):
        await waiting
        await waits()  # who comes later, too
