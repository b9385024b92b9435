"""One contract for all channels: drop a payload in payloads/<channel>/ and it is tested."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from handoff import channels
from handoff.channel import Channel, Inbound, Received
from handoff.channels import UnknownChannel, open_channels

PAYLOADS = Path(__file__).parent / "payloads"
NAMES = sorted(module.name for module in iter_modules(channels.__path__))
CASES = [
    pytest.param(
        path.parent.name, json.loads(path.read_text()), id=f"{path.parent.name}-{path.stem}"
    )
    for path in sorted(PAYLOADS.glob("*/*.json"))
]


class Ear:
    """Stands where the gateway stands."""

    def __init__(self) -> None:
        self.heard: list[Inbound] = []

    async def receive(self, inbound: Inbound) -> Received:
        self.heard.append(inbound)
        return Received(message_id="m", seq=len(self.heard), conversation_id="c", duplicate=False)


@asynccontextmanager
async def opened(name: str) -> AsyncIterator[Channel]:
    channel = open_channels([name])[name]
    yield channel
    await channel.close()


async def post(name: str, case: dict[str, Any]) -> tuple[int, list[Inbound]]:
    ear = Ear()
    async with opened(name) as channel:
        app = FastAPI()
        app.include_router(channel.routes(ear.receive))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sportello") as client:
            # not json=: httpx writes no halves of surrogate pairs, providers do
            response = await client.post(
                f"/webhooks/{name}", headers=case["headers"], content=json.dumps(case["body"])
            )
    return response.status_code, ear.heard


@pytest.mark.parametrize("name", NAMES)
async def test_is_called_what_its_module_is_called(name: str) -> None:
    async with opened(name) as channel:
        assert channel.name == name


@pytest.mark.parametrize("name", NAMES)
async def test_has_payloads(name: str) -> None:
    async with opened(name) as channel:
        assert channel.pulled or list((PAYLOADS / name).glob("*.json"))


@pytest.mark.parametrize(("name", "case"), CASES)
async def test_reads_payload(name: str, case: dict[str, Any]) -> None:
    expected = [Inbound(channel=name, **fields) for fields in case["received"]]
    assert await post(name, case) == (200, expected)


@pytest.mark.parametrize(("name", "case"), CASES)
@pytest.mark.parametrize("forged", ["forged", "", "é" * 20], ids=["wrong", "empty", "not-ascii"])
async def test_refuses_a_forged_sender(name: str, case: dict[str, Any], forged: str) -> None:
    headers = dict.fromkeys(case["headers"], forged.encode())
    assert await post(name, {**case, "headers": headers}) == (401, [])


def test_a_channel_that_does_not_exist_stops_the_boot() -> None:
    with pytest.raises(UnknownChannel, match="telegramm"):
        open_channels(["telegramm"])
