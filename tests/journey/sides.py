"""A citizen's side of each channel: writes through a fake provider, reads what arrived there."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import ClassVar, Protocol
from uuid import uuid4

import httpx

from tests import fake_bridge, fake_x
from tests.channels.conftest import SETTINGS
from tests.channels.signing import signed as signed_case
from tests.fake_bridge import FakeBridge
from tests.fake_telegram import FakeTelegram
from tests.fake_x import FakeX

NAMES = ("webchat", "telegram", "x", "bridge")
NUMBERS = count(1)


class Side(Protocol):
    name: str
    answers_alone: bool  # the bot may speak here

    async def write(self, text: str) -> None: ...

    async def read(self) -> list[str]: ...


class Base:
    name: ClassVar[str]
    answers_alone: ClassVar[bool] = True

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def post(self, path: str, raw: bytes, headers: dict[str, str]) -> None:
        response = await self.http.post(path, content=raw, headers=headers)
        response.raise_for_status()


class WebChat(Base):
    name = "webchat"
    token = ""

    async def write(self, text: str) -> None:
        if not self.token:
            opened = await self.http.post("/api/webchat/sessions")
            self.token = opened.json()["token"]
        said = {"client_message_id": str(uuid4()), "text": text}
        response = await self.http.post(
            "/api/webchat/messages", json=said, headers=self._headers()
        )
        response.raise_for_status()

    async def read(self) -> list[str]:
        page = await self.http.get("/api/webchat/messages?after=0", headers=self._headers())
        return [m["text"] for m in page.json()["messages"] if m["author"] != "citizen"]

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class Telegram(Base):
    name = "telegram"

    def __init__(self, http: httpx.AsyncClient, api: FakeTelegram) -> None:
        super().__init__(http)
        self.api = api

    async def write(self, text: str) -> None:
        await asyncio.to_thread(self.api.write, text)

    async def read(self) -> list[str]:
        return [fields["text"] for fields in self.api.sent]


class X(Base):
    name = "x"

    def __init__(self, http: httpx.AsyncClient, api: FakeX) -> None:
        super().__init__(http)
        self.api = api

    async def write(self, text: str) -> None:
        message = fake_x.message(text, number=next(NUMBERS))
        raw = json.dumps(fake_x.received(message)).encode()
        await self.post("/webhooks/x", raw, fake_x.signed(raw))

    async def read(self) -> list[str]:
        return [sent["text"] for sent in self.api.sent]


class Bridge(Base):
    name = "bridge"

    def __init__(self, http: httpx.AsyncClient, api: FakeBridge) -> None:
        super().__init__(http)
        self.api = api

    async def write(self, text: str) -> None:
        said = {"id": f"m{next(NUMBERS)}", "from": "ada", "text": text, "network": "linkedin"}
        case = signed_case("bridge", {"raw": json.dumps(said)})
        await self.post("/webhooks/bridge", case["raw"].encode(), case["headers"])

    async def read(self) -> list[str]:
        return [sent["text"] for sent in self.api.sent]


@contextmanager
def providers() -> Iterator[dict[str, object]]:
    """Every provider's fake, started: by the name of its channel."""
    with ExitStack() as stack:
        yield {
            "telegram": stack.enter_context(FakeTelegram()),
            "x": stack.enter_context(FakeX()),
            "bridge": stack.enter_context(FakeBridge()),
        }


def environment(fakes: dict[str, object]) -> dict[str, str]:
    """Settings that lead every channel to its fake."""
    telegram, x, bridge = fakes["telegram"], fakes["x"], fakes["bridge"]
    assert isinstance(telegram, FakeTelegram)
    assert isinstance(x, FakeX)
    assert isinstance(bridge, FakeBridge)
    return SETTINGS | {
        "SPORTELLO_TELEGRAM_MODE": "polling",
        "SPORTELLO_TELEGRAM_API_URL": telegram.api_url,
        "SPORTELLO_X_API_URL": x.url,
        "SPORTELLO_BRIDGE_URL": bridge.url,
        "SPORTELLO_BRIDGE_SECRET": fake_bridge.SECRET,
    }


def sides(http: httpx.AsyncClient, fakes: dict[str, object]) -> list[Side]:
    given = {each.name: each for each in (Telegram, X, Bridge)}
    return [WebChat(http), *(given[name](http, fakes[name]) for name in given)]  # type: ignore[arg-type]
