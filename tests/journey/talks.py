"""A citizen's side of the web chat, Telegram, X and the bridge."""

import asyncio
import json
import time
from typing import Any
from uuid import uuid4

import httpx

from tests import fake_x
from tests.channels.signing import signed as signed_case
from tests.fake_bridge import FakeBridge
from tests.fake_telegram import FakeTelegram
from tests.fake_x import FakeX
from tests.journey.base import NUMBERS, Choice, Shown, Side, buttons, lines


class WebChat(Side):
    name = "webchat"
    by = "pagina web"
    note = "il cittadino ritira i messaggi: non c'è nulla da consegnare"
    token = ""

    async def write(self, text: str) -> None:
        await self._say({"text": text})

    async def press(self, choice: Choice) -> None:
        await self._say({"payload": choice.payload})

    async def _say(self, what: dict[str, str]) -> None:
        if not self.token:
            opened = await self.http.post("/api/webchat/sessions")
            self.token = opened.json()["token"]
        said = {"client_message_id": str(uuid4()), **what}
        response = await self.http.post(
            "/api/webchat/messages", json=said, headers=self._headers()
        )
        response.raise_for_status()

    async def read(self) -> list[Shown]:
        page = await self.http.get("/api/webchat/messages?after=0", headers=self._headers())
        return [
            Shown(message["text"], buttons(message["buttons"]), "pulsanti")
            for message in page.json()["messages"]
            if message["author"] != "citizen"
        ]

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class Telegram(Side):
    name = "telegram"
    by = "Bot API, long polling"
    note = "non dice se un messaggio è consegnato o letto"

    def __init__(self, http: httpx.AsyncClient, api: FakeTelegram) -> None:
        super().__init__(http)
        self.api = api

    async def write(self, text: str) -> None:
        await asyncio.to_thread(self.api.write, text)

    async def press(self, choice: Choice) -> None:
        await asyncio.to_thread(self.api.press, choice.payload)

    async def read(self) -> list[Shown]:
        return [self._shown(fields) for fields in self.api.sent]

    def _shown(self, fields: dict[str, Any]) -> Shown:
        keyboard = json.loads(fields.get("reply_markup") or "{}").get("inline_keyboard", [])
        keys = [key for row in keyboard for key in row]
        choices = tuple(Choice(key["text"], key["callback_data"]) for key in keys)
        return Shown(fields["text"], choices, "pulsanti")


class X(Side):
    name = "x"
    by = "webhook firmato"
    note = "non ha pulsanti: le scelte sono righe numerate; di un messaggio dice solo se è letto"
    tells = ("read",)

    def __init__(self, http: httpx.AsyncClient, api: FakeX) -> None:
        super().__init__(http)
        self.api = api

    async def write(self, text: str) -> None:
        await self._posts(fake_x.received(fake_x.message(text, number=next(NUMBERS))))

    async def read(self) -> list[Shown]:
        return [lines(sent["text"]) for sent in self.api.sent]

    async def tell(self, state: str) -> None:
        """X knows `dm.read` only: all that was sent until then."""
        read = {
            "created_timestamp": str(int(time.time() * 1000)),
            "sender_id": "2222",
            "target": {"recipient_id": fake_x.ACCOUNT},
        }
        payload = {"direct_message_mark_read_events": [read]}
        await self._posts({"data": {"event_type": "dm.read", "payload": payload}})

    async def _posts(self, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        await self.post("/webhooks/x", raw, fake_x.signed(raw))


class Bridge(Side):
    name = "bridge"
    by = "webhook HMAC"
    note = "le reti di un partner (qui LinkedIn): che cosa è consegnato lo dice il suo gateway"
    tells = ("delivered", "read")

    def __init__(self, http: httpx.AsyncClient, api: FakeBridge) -> None:
        super().__init__(http)
        self.api = api

    async def write(self, text: str) -> None:
        await self._says(text=text)

    async def press(self, choice: Choice) -> None:
        await self._says(payload=choice.payload)

    async def read(self) -> list[Shown]:
        return [
            Shown(sent["text"], buttons(sent.get("buttons", [])), "pulsanti")
            for sent in self.api.sent
        ]

    async def tell(self, state: str) -> None:
        key = self.api.sent[-1]["key"]
        await self._posts({"status": {"key": key, "id": self.api.known[key], "state": state}})

    async def _says(self, **what: str) -> None:
        head = {"id": f"m{next(NUMBERS)}", "from": "ada", "name": "Ada Melis"}
        await self._posts({**head, "network": "linkedin", **what})

    async def _posts(self, body: dict[str, Any]) -> None:
        case = signed_case("bridge", {"raw": json.dumps(body)})
        await self.post("/webhooks/bridge", case["raw"].encode(), case["headers"])
