"""From a network behind a partner's gateway through the whole service and back."""

import asyncio
import json
import time
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from handoff.channels.bridge.seal import sealed
from handoff.settings import Settings
from tests.fake_bridge import SECRET, FakeBridge, Fault, Fields

ASKED = {"id": "m-1", "from": "ada", "text": "dove posso parcheggiare?", "network": "linkedin"}


@pytest.fixture
def gateway() -> Iterator[FakeBridge]:
    with FakeBridge() as gateway:
        yield gateway


@pytest.fixture
def settings(settings: Settings, gateway: FakeBridge, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SPORTELLO_BRIDGE_URL", gateway.url)
    return settings.model_copy(update={"channels": ("bridge",)})


async def bring(client: httpx.AsyncClient, **content: object) -> int:
    raw = json.dumps(content).encode()
    headers = sealed(SECRET, raw, time.time())
    return (await client.post("/webhooks/bridge", content=raw, headers=headers)).status_code


async def answers(gateway: FakeBridge, count: int) -> list[Fields]:
    await asyncio.to_thread(gateway.wait_until, lambda: len(gateway.sent) >= count)
    return gateway.sent


async def test_a_citizen_asks_chooses_and_is_answered(
    app: FastAPI, client: httpx.AsyncClient, gateway: FakeBridge
) -> None:
    await bring(client, **ASKED | {"text": "forse una visita?"})
    choices = (await answers(gateway, 2))[1]["buttons"]
    assert "parcheggio" in [choice["payload"] for choice in choices]
    pressed = {"id": "m-2", "from": "ada", "network": "linkedin", "payload": "parcheggio"}
    assert await bring(client, **pressed) == 200
    last = (await answers(gateway, 3))[2]
    assert last["text"] == app.state.knowledge.wording("parcheggio").text
    assert (last["network"], last["to"]) == ("linkedin", "ada")


async def test_what_may_have_arrived_is_sent_again_and_read_once(
    client: httpx.AsyncClient, gateway: FakeBridge
) -> None:
    gateway.fail_sends(Fault(manner="drop", happens=True))
    await bring(client, **ASKED)
    sent = await answers(gateway, 2)
    assert len({one["key"] for one in sent}) == len(sent) == 2
    keys = [call.headers["Idempotency-Key"] for call in gateway.calls if gateway.sends(call)]
    assert keys[0] == keys[1] == sent[0]["key"]
