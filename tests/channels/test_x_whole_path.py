"""From a citizen's X through the whole service and back."""

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from handoff.settings import Settings
from tests.fake_bot import FakeBot
from tests.fake_x import BROKEN, FakeX, message, received, signed


@pytest.fixture
def api() -> Iterator[FakeX]:
    with FakeX() as api:
        yield api


@pytest.fixture
def settings(settings: Settings, api: FakeX, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SPORTELLO_X_API_URL", api.url)
    return settings.model_copy(update={"channels": ("x",)})


async def write(client: httpx.AsyncClient, text: str, *, number: int = 1) -> int:
    raw = json.dumps(received(message(text, number=number))).encode()
    return (await client.post("/webhooks/x", content=raw, headers=signed(raw))).status_code


async def answers(api: FakeX, count: int) -> list[str]:
    await asyncio.to_thread(api.wait_until, lambda: len(api.sent) >= count)
    return [sent["text"] for sent in api.sent]


async def test_a_citizen_asks_and_is_answered_with_numbered_choices(
    app: FastAPI, client: httpx.AsyncClient, api: FakeX
) -> None:
    assert await write(client, "dove posso parcheggiare?") == 200
    knowledge = app.state.knowledge
    notice = knowledge.wording("avviso", {"privacy_url": app.state.settings.privacy_url}).text
    expected = f"{notice}\n\n{knowledge.wording('parcheggio').text}\n\n1. "
    assert (await answers(api, 1))[0].startswith(expected)
    assert {sent["to"] for sent in api.sent} == {"2222"}


async def test_a_number_chooses_what_it_stands_before(
    app: FastAPI, client: httpx.AsyncClient, api: FakeX, fake_bot: FakeBot
) -> None:
    await write(client, "forse una visita?")
    assert "\n2. " in (await answers(api, 1))[0]
    await write(client, "1", number=2)
    expected = app.state.knowledge.wording("parcheggio").text
    assert (await answers(api, 2))[1].startswith(expected)
    assert fake_bot.asked[-1]["payload"] == "parcheggio"


async def test_an_event_that_comes_twice_is_answered_once(
    client: httpx.AsyncClient, api: FakeX, fake_bot: FakeBot
) -> None:
    for _ in range(2):
        assert await write(client, "dove posso parcheggiare?") == 200
    await answers(api, 1)
    assert len(fake_bot.asked) == 1


async def test_a_broken_x_gets_the_message_later_and_once(
    client: httpx.AsyncClient, api: FakeX
) -> None:
    api.fail_sends(BROKEN)
    await write(client, "dove posso parcheggiare?")
    assert len(await answers(api, 1)) == 1
