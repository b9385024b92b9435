"""Server-sent events: the same messages, in order, none lost between two streams."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from handoff import tickets
from handoff.api.transcript import Stream
from handoff.app import create_app
from handoff.settings import Settings
from tests.handoff.browser import ROOT, Browser, open_browser
from tests.handoff.conftest import new_operator

PATIENCE = 10.0  # seconds


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The service behind a real socket: an in-memory transport hands over no stream."""
    app = create_app(settings)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        serving = asyncio.create_task(server.serve([listening]))
        app.state.address = "http://127.0.0.1:{1}".format(*listening.getsockname())
        yield app
        server.should_exit = True
        await serving


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=app.state.address, trust_env=False) as client:
        yield await open_browser(client)


class Ear:
    """Reads one stream, event by event."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def event(self) -> dict[str, str]:
        """The next event's fields; a comment's under the empty name."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                if not line:
                    return fields
                name, _, value = line.partition(":")
                fields[name] = value.strip()
        raise AssertionError("the stream ended")

    async def next(self, name: str) -> dict[str, Any]:
        while (event := await self.event()).get("event") != name:
            pass
        return {"id": event.get("id"), **json.loads(event["data"])}


@asynccontextmanager
async def listening(
    browser: Browser, *, after: int | None = None, last_event_id: str | None = None
) -> AsyncIterator[Ear]:
    headers = browser.headers | ({"Last-Event-ID": last_event_id} if last_event_id else {})
    query = {} if after is None else {"after": after}
    async with browser.client.stream(
        "GET", f"{ROOT}/events", params=query, headers=headers
    ) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["x-accel-buffering"] == "no"  # nginx would collect events
        yield Ear(response)


async def test_a_stream_begins_with_what_was_said_before(browser: Browser) -> None:
    async with listening(browser) as ear:
        notice = await ear.next("message")
    assert notice == {**browser.messages[0], "id": notice["id"]}


async def test_the_id_of_an_event_is_the_number_of_its_message(browser: Browser) -> None:
    async with listening(browser) as ear:
        while (event := await ear.event()).get("event") != "message":
            pass
    assert event["id"] == str(json.loads(event["data"])["seq"])


async def test_a_question_and_its_answer_arrive_while_one_listens(browser: Browser) -> None:
    async with listening(browser, after=1) as ear:
        await browser.posts(text="dove posso parcheggiare?")
        assert (await ear.next("message"))["author"] == "citizen"
        answer = await ear.next("message")
    assert (answer["topic"], answer["final"]) == ("parcheggio", True)


async def test_the_bot_is_seen_typing_until_it_answers(browser: Browser) -> None:
    async with listening(browser, after=1) as ear:
        assert (await ear.next("typing"))["typing"] is False
        await browser.posts(text="dove posso parcheggiare?")
        assert (await ear.next("typing"))["typing"] is True
        assert (await ear.next("typing"))["typing"] is False


async def test_who_holds_the_word_is_told_when_it_changes(browser: Browser) -> None:
    async with listening(browser, after=1) as ear:
        assert (await ear.next("holder"))["holder"] == "bot"
        await browser.posts(payload="parla_con_operatore")
        assert (await ear.next("holder"))["holder"] == "queue"


async def test_an_operators_words_arrive_under_their_name(browser: Browser, app: FastAPI) -> None:
    carla = await new_operator(app.state.database, "Carla")
    await browser.asks(payload="parla_con_operatore")
    async with listening(browser) as ear:
        async with app.state.database.begin() as session:
            (ticket,) = await tickets.queue(session, states=("open",))
            taken = await tickets.take(
                session,
                ticket.id,
                version=ticket.version,
                operator=carla,
                knowledge=app.state.knowledge,
            )
            await tickets.reply(
                session, ticket.id, version=taken.version, operator=carla, text="Eccomi"
            )
        while (message := await ear.next("message"))["author"] != "operator":
            pass
    assert (message["text"], message["author_name"]) == ("Eccomi", "Carla")


@pytest.mark.parametrize("resumes_by", ["address", "header"])
async def test_nothing_is_lost_or_repeated_between_two_streams(
    browser: Browser, resumes_by: str
) -> None:
    async with listening(browser) as ear:
        await ear.next("message")
    for _ in range(3):
        await browser.asks(text="dove posso parcheggiare?")
    how: dict[str, Any] = {"after": 1} if resumes_by == "address" else {"last_event_id": "1"}
    async with listening(browser, **how) as ear:
        numbers = [(await ear.next("message"))["seq"] for _ in range(6)]
    assert numbers == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("wrong", ["abc", "-1", "9" * 40, "²"])
async def test_a_wrong_last_event_id_breaks_nothing(browser: Browser, wrong: str) -> None:
    headers = {**browser.headers, "Last-Event-ID": wrong.encode()}
    async with browser.client.stream("GET", f"{ROOT}/events", headers=headers) as response:
        assert response.status_code == 200


async def test_a_silent_stream_is_kept_alive(browser: Browser, app: FastAPI) -> None:
    stream = Stream(app.state.database, browser.conversation_id, after=1, keep_alive=0.05).events()
    async with asyncio.timeout(PATIENCE):
        told = [await anext(stream) for _ in range(4)]
    await stream.aclose()
    assert told[0].startswith(":")  # at once, so that proxies pass the stream on
    assert told[-1] == ": \n\n"
