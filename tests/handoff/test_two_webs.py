"""Several web processes on PostgreSQL are one: what was begun at one goes on at another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from handoff.api.transcript import Stream
from handoff.app import create_app
from handoff.db import Database
from handoff.notify import ring
from handoff.settings import Settings
from handoff.throttle import FREE
from handoff.worker import staffed
from tests.conftest import HANG_UP
from tests.fake_bot import FakeBot
from tests.handoff.browser import Browser, open_browser
from tests.handoff.desk import Desk, hire

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
NEVER = 60.0  # seconds; whoever waits for the safety net fails
PATIENCE = 10.0  # seconds


@pytest.fixture
async def apps(settings: Settings) -> AsyncIterator[tuple[FastAPI, FastAPI]]:
    """Two faces without workers of their own, and a worker apart."""
    idle = settings.model_copy(update={"workers": 0})
    async with AsyncExitStack() as stack:
        both = create_app(idle), create_app(idle)
        for app in both:
            await stack.enter_async_context(app.router.lifespan_context(app))
        await stack.enter_async_context(staffed(settings))
        await can_hear(both[1].state.database, both[0].state.database)
        yield both


async def can_hear(listener: Database, ringer: Database) -> None:
    """The connection that listens comes a moment after the start."""
    async with listener.bell.listen("probe") as heard:
        while not await heard.wait(0.05):
            async with ringer.begin() as session:
                ring(session, "probe")


@pytest.fixture
async def browsers(apps: tuple[FastAPI, FastAPI]) -> AsyncIterator[tuple[Browser, Browser]]:
    """One citizen whose requests go to either."""
    async with AsyncExitStack() as stack:
        here, there = [
            await stack.enter_async_context(
                httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")
            )
            for app in apps
        ]
        browser = await open_browser(here)
        yield browser, replace(browser, client=there)


async def test_a_citizens_session_goes_on_at_the_other(
    browsers: tuple[Browser, Browser], fake_bot: FakeBot
) -> None:
    here, there = browsers
    assert (await there.asks(text="dove parcheggio?"))[-1]["topic"] == "parcheggio"
    offered = await here.asks(text="forse")
    pressed = {"payload": offered[-1]["buttons"][0]["payload"], "client_message_id": "0" * 32}
    first, again = await there.posts(**pressed), await here.posts(**pressed)
    assert (first.json()["id"], again.json()["duplicate"]) == (again.json()["id"], True)


async def test_an_answer_wakes_a_stream_at_the_other_at_once(
    apps: tuple[FastAPI, FastAPI], browsers: tuple[Browser, Browser]
) -> None:
    here, _ = browsers
    database = apps[1].state.database
    stream = Stream(database, here.conversation_id, here.messages[-1]["seq"]).events()
    async with asyncio.timeout(PATIENCE):
        told = await anext(stream)
        await here.posts(text="dove parcheggio?")
        while '"topic": "parcheggio"' not in told:
            told = await anext(stream)
    await stream.aclose()


async def test_the_flood_limit_counts_what_the_other_took(
    browsers: tuple[Browser, Browser],
) -> None:
    for number in range(30):
        passed = await browsers[number % 2].posts(text=f"parcheggio {number}")
        assert passed.status_code == 202
    refused = await browsers[0].posts(text="ancora una")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    urgent = await browsers[1].posts(text="mi fa male il petto e non respiro")
    assert urgent.status_code == 202


async def test_an_operator_who_came_in_at_one_is_known_and_slowed_at_the_other(
    apps: tuple[FastAPI, FastAPI],
) -> None:
    carla = await hire(apps[0].state.database, "Carla")
    desk = await Desk(apps[0]).enters(carla)
    other = Desk(apps[1])
    other.client.cookies = desk.client.cookies
    assert (await other.looks("me")).json()["operator"]["email"] == carla.email
    for number in range(FREE["account"] + 1):
        assert (await Desk(apps[number % 2]).tries(carla.email, "sbagliata")).status_code == 401
    assert (await Desk(apps[0]).tries(carla.email)).status_code == 429
    assert (await Desk(apps[1]).tries(carla.email)).status_code == 429


async def test_all_who_wait_are_rung_for_once_a_lost_connection_hears_again(
    apps: tuple[FastAPI, FastAPI],
) -> None:
    here, there = (app.state.database for app in apps)
    async with there.bell.listen("any") as heard, here.begin() as session:
        await session.execute(text(HANG_UP))
        assert await heard.wait(NEVER)
