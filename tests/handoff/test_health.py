"""Alive, ready, and degraded."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from handoff.api.health import Health, at
from handoff.attachments import NOT_SET, Scanner
from handoff.attachments.scanning import AWAY
from handoff.bot import Addresses
from handoff.db import Database
from tests.fake_bot import FakeBot
from tests.handoff.files import fake_clamd

Checks = Callable[..., Health]


@pytest.fixture
async def health() -> AsyncIterator[Checks]:
    async with httpx.AsyncClient(trust_env=False) as http:

        def of(database: Database, url: str, well: Callable[[], bool] = lambda: True) -> Health:
            return Health(database, http, {"bot": at(url)}, well)

        yield of


async def test_not_ready_until_everything_was_up_once(database: Database, health: Checks) -> None:
    status, body = await health(database, "http://127.0.0.1:9").report()
    assert (status, body["degraded"]) == (503, ["bot"])
    assert body["reasons"]["bot"]


async def test_a_bot_that_goes_down_later_is_only_a_degradation(
    database: Database, fake_bot: FakeBot, health: Checks
) -> None:
    checked = health(database, fake_bot.url)
    assert (await checked.report())[0] == 200
    checked.probes = {"bot": at("http://127.0.0.1:9")}
    status, body = await checked.report()
    assert (status, body["ready"], body["degraded"]) == (200, True, ["bot"])


async def test_a_chore_that_fell_lately_is_a_degradation(
    database: Database, fake_bot: FakeBot, health: Checks
) -> None:
    checked = health(database, fake_bot.url)
    checked.fallen = lambda: ["knowledge"]
    status, body = await checked.report()
    assert (status, body["degraded"]) == (200, ["chore:knowledge"])


async def test_of_several_bots_the_one_that_is_away_is_named_and_the_service_ready(
    database: Database, fake_bot: FakeBot, health: Checks
) -> None:
    checked = health(database, fake_bot.url)
    checked.probes = {"bot": Addresses([fake_bot.url, "http://127.0.0.1:9"]).of_health}
    status, body = await checked.report()
    assert (status, body["ready"], body["degraded"]) == (200, True, ["bot:127.0.0.1:9"])


async def test_what_was_up_once_is_noticed_without_anybody_asking(
    database: Database, fake_bot: FakeBot, health: Checks
) -> None:
    checked = health(database, fake_bot.url)
    async with asyncio.timeout(10):
        await checked.watch_the_start()
    checked.probes = {"bot": at("http://127.0.0.1:9")}
    assert (await checked.report())[0] == 200


async def test_without_workers_it_is_not_ready(
    database: Database, fake_bot: FakeBot, health: Checks
) -> None:
    checked = health(database, fake_bot.url, well=lambda: False)
    status, body = await checked.report()
    assert (status, body["failed"]) == (503, ["workers"])


async def test_without_its_database_it_is_not_ready(fake_bot: FakeBot, health: Checks) -> None:
    away = Database("postgresql://nobody@127.0.0.1:9/none")
    status, body = await health(away, fake_bot.url).report()
    await away.close()
    assert (status, body["failed"]) == (503, ["database"])


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/redoc"])
async def test_no_description_of_the_api_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_it_says_that_it_lives(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"alive": True}


async def test_an_unknown_address_is_refused_in_italian(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/webchat/nessuno")
    assert (response.status_code, response.json()) == (
        404,
        {"detail": "Questo indirizzo non esiste."},
    )


@pytest.mark.parametrize("path", ["/static/chat/chat.css", "/static/panel/icon.svg"])
async def test_browsers_must_not_guess_what_a_file_is(
    client: httpx.AsyncClient, path: str
) -> None:
    response = await client.get(path)
    assert response.status_code == 200
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("answers", [True, False])
async def test_a_scanner_is_named_when_it_does_not_answer(
    database: Database, fake_bot: FakeBot, health: Checks, answers: bool
) -> None:
    checked = health(database, fake_bot.url)
    async with fake_clamd() as clamd:
        clamd.answer = b"stream: OK\0" if answers else None
        checked.scanner = Scanner.at(clamd.url)
        status, body = await checked.report()
    assert (status, body["degraded"]) == (200, [] if answers else ["scanner"])
    assert body["scanner"] == ("in funzione" if answers else AWAY)


async def test_a_scanner_that_is_absent_is_named_and_the_service_ready(
    database: Database, fake_bot: FakeBot, health: Checks
) -> None:
    checked = health(database, fake_bot.url)
    checked.scanner = Scanner.at("tcp://127.0.0.1:1")
    status, body = await checked.report()
    assert (status, body["reasons"]) == (200, {"scanner": AWAY})


async def test_without_a_scanner_it_says_so_and_is_not_degraded(
    database: Database, fake_bot: FakeBot, health: Checks
) -> None:
    _, body = await health(database, fake_bot.url).report()
    assert (body["degraded"], body["scanner"]) == ([], NOT_SET)


async def test_a_request_that_gets_no_connection_is_asked_to_come_again(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    async def crowded() -> None:
        raise NoConnectionFree

    app.router.add_api_route("/crowded", crowded)
    assert (await client.get("/crowded")).status_code == 503
