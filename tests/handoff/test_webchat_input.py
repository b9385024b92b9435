"""Whatever a browser sends gets an answer: a clear refusal, or a message stored whole."""

import json
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from handoff.api.limits import SESSIONS
from handoff.api.said import MAX_BODY
from tests.fake_bot import FakeBot
from tests.handoff.browser import ROOT, Browser, open_browser


@pytest.fixture
async def browser(client: httpx.AsyncClient) -> Browser:
    return await open_browser(client)


async def stored(browser: Browser) -> list[str]:
    page = await browser.page(after=0)
    return [message["text"] for message in page["messages"] if message["author"] == "citizen"]


async def assert_refused(browser: Browser, response: httpx.Response, status: int) -> None:
    assert response.status_code == status
    assert set(response.json()) == {"detail"}
    sentence = response.json()["detail"]
    assert isinstance(sentence, str)
    assert "Traceback" not in sentence
    assert sentence[0].isupper()
    assert await stored(browser) == []


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u200b", "\u202e", "\x00", "\ufeff"])
async def test_an_empty_text_is_refused(browser: Browser, text: str) -> None:
    await assert_refused(browser, await browser.posts(text=text), 422)


async def test_a_text_one_character_too_long_is_refused_and_names_112(browser: Browser) -> None:
    response = await browser.posts(text="è" * 4_001)
    await assert_refused(browser, response, 422)
    assert "112" in response.json()["detail"]


async def test_the_longest_text_is_stored_whole(browser: Browser) -> None:
    assert (await browser.posts(text=" " + "😀" * 4_000 + "\n")).status_code == 202
    assert await stored(browser) == ["😀" * 4_000]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("😀😀😀", "😀😀😀"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("prima\x00dopo", "primadopo"),
        ("una\x1b[31m riga\x07", "una[31m riga"),
        ("due\nrighe\te più", "due\nrighe\te più"),
        ("\u202eoirartnoc\u202c al \u2066isolato\u2069", "oirartnoc al isolato"),
        ("mezza \ud83d emoji", "mezza \ufffd emoji"),
        ("مرحبا كيف حالك", "مرحبا كيف حالك"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("' or 1=1; drop table message; --", "' or 1=1; drop table message; --"),
        ("{chiave} {{7*7}} %s %n", "{chiave} {{7*7}} %s %n"),
    ],
)
async def test_odd_texts_are_stored_so_that_they_do_no_harm(
    browser: Browser, sent: str, kept: str
) -> None:
    raw = json.dumps({"client_message_id": str(uuid4()), "text": sent})
    assert (await browser.posts_raw(raw)).status_code == 202
    assert await stored(browser) == [kept]


@pytest.mark.parametrize(
    "text", ['/parcheggio{"a": "b"}', " /restart", "/session_start", "parla_con_operatore"]
)
async def test_a_typed_command_reaches_the_bot_as_text(
    browser: Browser, fake_bot: FakeBot, text: str
) -> None:
    await browser.asks(text=text)
    assert fake_bot.asked[-1]["text"] == text.strip()
    assert "payload" not in fake_bot.asked[-1]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"ciao",
        b"[]",
        b"null",
        b'"ciao"',
        b"{",
        b"\xff\xfe\xfd",
        b'{"text": "\xe8"}',
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b'{"client_message_id": 1e999, "text": "x"}',
        b'{"client_message_id": ' + b"9" * 5_000 + b', "text": "x"}',
    ],
    ids=range(12),
)
async def test_a_body_that_is_no_message_is_refused(browser: Browser, raw: bytes) -> None:
    await assert_refused(browser, await browser.posts_raw(raw), 422)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "ciao", "payload": "parcheggio"},
        {"text": None},
        {"text": 7},
        {"text": ["ciao"]},
        {"payload": {"a": 1}},
        {"text": "ciao", "client_message_id": None},
        {"text": "ciao", "client_message_id": 7},
        {"text": "ciao", "client_message_id": "uno"},
        {"text": "ciao", "client_message_id": "\x00"},
    ],
    ids=str,
)
async def test_a_message_of_another_shape_is_refused(
    browser: Browser, body: dict[str, object]
) -> None:
    await assert_refused(browser, await browser.posts(**body), 422)


async def test_a_large_body_is_refused_before_it_is_parsed(browser: Browser) -> None:
    body = json.dumps({"client_message_id": str(uuid4()), "text": "a" * 100_000})
    await assert_refused(browser, await browser.posts_raw(body), 413)


async def test_ten_megabytes_without_a_length_are_refused(browser: Browser) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(160):
            yield b"x" * MAX_BODY

    await assert_refused(browser, await browser.posts_raw(endless()), 413)


async def test_a_length_that_lies_does_not_open_the_door(browser: Browser) -> None:
    body = b"x" * (MAX_BODY + 1)
    response = await browser.posts_raw(body, **{"Content-Length": "10"})
    await assert_refused(browser, response, 413)


async def test_the_largest_body_is_read(browser: Browser) -> None:
    body = json.dumps({"client_message_id": str(uuid4()), "text": "ciao"}).encode()
    padded = body + b" " * (MAX_BODY - len(body))
    assert (await browser.posts_raw(padded)).status_code == 202


async def test_thirty_messages_a_minute_pass_and_the_next_must_wait(browser: Browser) -> None:
    for number in range(30):
        assert (await browser.posts(text=f"parcheggio {number}")).status_code == 202
    refused = await browser.posts(text="ancora una")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert "112" in refused.json()["detail"]
    urgent = await browser.posts(text="mi fa male il petto e non respiro")
    assert urgent.status_code == 202
    assert "ancora una" not in await stored(browser)


async def test_three_hundred_sessions_a_minute_pass_from_one_address(
    client: httpx.AsyncClient, app: FastAPI
) -> None:
    assert (await client.post(f"{ROOT}/sessions")).status_code == 201
    for _ in range(298):  # counted alike, but nothing is opened
        assert await app.state.limits.pause(SESSIONS, "300:127.0.0.1") == 0
    assert (await client.post(f"{ROOT}/sessions")).status_code == 201
    refused = await client.post(f"{ROOT}/sessions")
    assert refused.status_code == 429
    assert isinstance(refused.json()["detail"], str)


async def test_limits_can_be_switched_off(client: httpx.AsyncClient, browser: Browser) -> None:
    client._transport.app.state.settings.limits = False  # type: ignore[attr-defined]
    statuses = {(await browser.posts(text="parcheggio")).status_code for _ in range(35)}
    assert statuses == {202}
