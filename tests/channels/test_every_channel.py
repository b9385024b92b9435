"""One contract for all channels: drop a payload in payloads/<channel>/ and it is tested."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from handoff import channels
from handoff.channel import Channel, Event, Inbound, Passed, Received
from handoff.channels import UnknownChannel, open_channels
from tests.channels.signing import raw_of, signed

PAYLOADS = Path(__file__).parent / "payloads"
NAMES = sorted(module.name for module in iter_modules(channels.__path__))
CASES = [
    pytest.param(
        path.parent.name, json.loads(path.read_text()), id=f"{path.parent.name}-{path.stem}"
    )
    for path in sorted(PAYLOADS.glob("*/*.json"))
    if "headers" in json.loads(path.read_text())  # mails come in no webhook
]


class Ear:
    """Stands where the gateway stands."""

    def __init__(self) -> None:
        self.heard: list[Event] = []

    async def receive(self, event: Event) -> Received:
        self.heard.append(event)
        return Received(message_id="m", seq=len(self.heard), conversation_id="c", duplicate=False)


@asynccontextmanager
async def opened(name: str) -> AsyncIterator[Channel]:
    channel = open_channels([name])[name]
    yield channel
    await channel.close()


def told(event: object) -> Any:
    """An event as payload files write it: what is not the default; `event` unless a message."""
    match event:
        case bytes():
            return {"bytes": len(event)}
        case datetime():
            return event.isoformat()
        case tuple():
            return [told(part) for part in event]
        case _ if is_dataclass(event):
            said = {
                field.name: told(getattr(event, field.name))
                for field in fields(event)
                if field.name not in ("channel", "mark", "written_at")
                and not _is_default(field, getattr(event, field.name))
            }
            kind = type(event).__name__.lower()
            return said if kind in ("inbound", "attachment") else {"event": kind, **said}
    return event


def _is_default(field: Any, value: object) -> bool:
    if field.default_factory is not MISSING:
        return bool(field.default_factory() == value)
    return bool(field.default == value)


async def post(name: str, case: dict[str, Any]) -> tuple[int, list[Event]]:
    ear = Ear()
    raw = raw_of(case)
    async with opened(name) as channel:
        app = FastAPI()
        app.include_router(channel.routes(ear.receive))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sportello") as client:
            response = await client.post(f"/webhooks/{name}", headers=case["headers"], content=raw)
    return response.status_code, ear.heard


@pytest.mark.parametrize("name", NAMES)
async def test_is_called_what_its_module_is_called(name: str) -> None:
    async with opened(name) as channel:
        assert channel.name == name


@pytest.mark.parametrize("name", NAMES)
async def test_has_payloads(name: str) -> None:
    async with opened(name) as channel:
        assert channel.pulled or any((PAYLOADS / name).glob("*"))


@pytest.mark.parametrize(("name", "case"), CASES)
async def test_reads_payload(name: str, case: dict[str, Any]) -> None:
    status, heard = await post(name, signed(name, case))
    # what counts the provider's numbers is read in its own tests
    words = [told(event) for event in heard if not isinstance(event, Passed)]
    assert (status, words) == (200, case["received"])
    assert all(event.channel == name for event in heard)


@pytest.mark.parametrize("name", sorted({case.values[0] for case in CASES} - {"bridge"}))
async def test_tells_when_a_message_was_written(name: str) -> None:
    cases = [case.values[1] for case in CASES if case.values[0] == name]
    heard = [event for case in cases for event in (await post(name, signed(name, case)))[1]]
    assert any(event.written_at for event in heard if isinstance(event, Inbound))


@pytest.mark.parametrize(("name", "case"), CASES)
@pytest.mark.parametrize("forged", ["forged", "", "é" * 20], ids=["wrong", "empty", "not-ascii"])
async def test_refuses_a_forged_sender(name: str, case: dict[str, Any], forged: str) -> None:
    headers = dict.fromkeys(case["headers"], forged.encode())
    assert await post(name, {**case, "headers": headers}) == (401, [])


def test_a_channel_that_does_not_exist_stops_the_boot() -> None:
    with pytest.raises(UnknownChannel, match="telegramm"):
        open_channels(["telegramm"])
