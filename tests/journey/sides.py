"""A citizen's side of each channel: writes through a fake provider, reads what arrived there."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

import httpx

from tests import fake_bridge, fake_x
from tests.channels.conftest import SETTINGS
from tests.channels.signing import signed as signed_case
from tests.fake_bridge import FakeBridge
from tests.fake_imap import FakeImap
from tests.fake_meta import INSTAGRAM, MESSENGER, FakeMeta
from tests.fake_smtp import FakeSmtp
from tests.fake_telegram import FakeTelegram
from tests.fake_whatsapp import FakeWhatsApp
from tests.fake_x import FakeX
from tests.journey.base import NUMBERS, Base, Side
from tests.journey.more_sides import Email, Instagram, Messenger, Pec, WhatsApp

NAMES = (
    *("webchat", "telegram", "whatsapp", "messenger", "instagram"),
    *("x", "email", "pec", "bridge"),
)


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
def providers() -> Iterator[dict[str, Any]]:
    """Every provider's fake, started: by the name of its channel."""
    with ExitStack() as stack:
        start = stack.enter_context
        yield {
            "telegram": start(FakeTelegram()),
            "whatsapp": start(FakeWhatsApp()),
            "messenger": start(FakeMeta(MESSENGER)),
            "instagram": start(FakeMeta(INSTAGRAM)),
            "x": start(FakeX()),
            "email": (start(FakeImap()), start(FakeSmtp())),
            "pec": (start(FakeImap()), start(FakeSmtp())),
            "bridge": start(FakeBridge()),
        }


def environment(fakes: dict[str, Any]) -> dict[str, str]:
    """Settings that lead every channel to its fake."""
    return SETTINGS | {
        "SPORTELLO_TELEGRAM_MODE": "polling",
        "SPORTELLO_TELEGRAM_API_URL": fakes["telegram"].api_url,
        "SPORTELLO_WHATSAPP_GRAPH_URL": fakes["whatsapp"].url,
        "SPORTELLO_MESSENGER_API_URL": fakes["messenger"].api_url,
        "SPORTELLO_INSTAGRAM_API_URL": fakes["instagram"].api_url,
        "SPORTELLO_X_API_URL": fakes["x"].url,
        "SPORTELLO_BRIDGE_URL": fakes["bridge"].url,
        "SPORTELLO_BRIDGE_SECRET": fake_bridge.SECRET,
        **_mailbox("EMAIL", *fakes["email"]),
        **_mailbox("PEC", *fakes["pec"]),
    }


def _mailbox(name: str, imap: FakeImap, smtp: FakeSmtp) -> dict[str, str]:
    return {
        f"SPORTELLO_{name}_{setting}": value
        for setting, value in {
            "IMAP_HOST": "127.0.0.1",
            "IMAP_PORT": str(imap.port),
            "IMAP_SECURITY": "none",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(smtp.port),
            "SMTP_SECURITY": "none",
            "POLL_SECONDS": "5",
        }.items()
    }


def sides(http: httpx.AsyncClient, fakes: dict[str, Any]) -> list[Side]:
    given = (Telegram, WhatsApp, Messenger, Instagram, X, Email, Pec, Bridge)
    return [WebChat(http), *(side(http, fakes[side.name]) for side in given)]
