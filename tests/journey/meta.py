"""A citizen's side of Meta's channels: WhatsApp, Messenger, Instagram."""

import copy
import json
import time
from datetime import datetime, timezone
from typing import Any

import httpx

from tests import fake_whatsapp
from tests.channels.test_every_channel import PAYLOADS
from tests.fake_meta import FakeMeta
from tests.fake_whatsapp import FakeWhatsApp
from tests.journey.base import NUMBERS, Choice, Shown, Side, buttons

CITIZEN = "4242"


class WhatsApp(Side):
    name = "whatsapp"
    by = "webhook firmato"
    note = "dopo 24 ore di silenzio si scrive solo con un modello approvato"
    tells = ("delivered", "read")

    def __init__(self, http: httpx.AsyncClient, api: FakeWhatsApp) -> None:
        super().__init__(http)
        self.api = api

    async def write(self, text: str) -> None:
        await self._says("text", text={"body": text})

    async def press(self, choice: Choice) -> None:
        """A row of the list that the last message opened."""
        row = {"id": choice.payload, "title": choice.title}
        await self._says("list_row", interactive={"type": "list_reply", "list_reply": row})

    async def _says(self, like: str, **what: Any) -> None:
        posted, value = _post_like(like)
        [message] = value["messages"]
        message.update(id=f"wamid.IN{next(NUMBERS)}", timestamp=str(int(time.time())), **what)
        await self._posts(posted)

    async def tell(self, state: str) -> None:
        posted, value = _post_like("status_delivered")
        [status] = value["statuses"]
        key = self.api.sent[-1]["biz_opaque_callback_data"]
        status.update(id=f"wamid.{len(self.api.sent)}", status=state, biz_opaque_callback_data=key)
        await self._posts(posted)

    async def _posts(self, posted: dict[str, Any]) -> None:
        headers, body = fake_whatsapp.signed(posted)
        await self.post("/webhooks/whatsapp", body, headers)

    async def read(self) -> list[Shown]:
        return [_shown(fields) for fields in self.api.sent]


def _post_like(case: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A captured post, and the part of it that tells something."""
    kept = json.loads((PAYLOADS / "whatsapp" / f"{case}.json").read_text())
    posted = copy.deepcopy(kept["body"])
    return posted, posted["entry"][0]["changes"][0]["value"]


def _shown(fields: dict[str, Any]) -> Shown:
    interactive = fields.get("interactive")
    if interactive is None:
        return Shown(fields.get("text", {}).get("body", ""))
    action, text = interactive["action"], interactive["body"]["text"]
    if interactive["type"] == "list":
        rows = [row for section in action["sections"] for row in section["rows"]]
        return Shown(text, buttons(rows, "id"), "voci di elenco")
    return Shown(text, buttons([b["reply"] for b in action["buttons"]], "id"), "pulsanti")


class Meta(Side):
    by = "webhook firmato"

    def __init__(self, http: httpx.AsyncClient, api: FakeMeta) -> None:
        super().__init__(http)
        self.api = api
        self._posted: set[bytes] = set()

    async def write(self, text: str) -> None:
        self.api.now = datetime.now(timezone.utc)
        await self._posts(self.api.write(text))

    async def press(self, choice: Choice) -> None:
        reply = {"text": choice.title, "quick_reply": {"payload": choice.payload}}
        message = {"mid": f"m_in_{next(NUMBERS)}", **reply}
        await self._posts(self._event(message=message))

    async def read(self) -> list[Shown]:
        return [
            Shown(
                fields["message"].get("text", ""),
                buttons(fields["message"].get("quick_replies", [])),
                "risposte rapide",
            )
            for fields in self.api.sent
        ]

    async def tell(self, state: str) -> None:
        """Delivered: what the platform has to tell by itself, echoes too."""
        if state == "read":
            await self._posts(self._event(read=self._mark()))
            return
        for body in list(self.api.posts):
            await self._posts(body)

    def _mark(self) -> dict[str, Any]:
        raise NotImplementedError

    def _event(self, **content: Any) -> bytes:
        us = {"id": self.api.rules.account}
        event = {"sender": {"id": CITIZEN}, "recipient": us, "timestamp": _clock(), **content}
        return self.api.body(event)

    async def _posts(self, body: bytes) -> None:
        if body not in self._posted:
            self._posted.add(body)
            await self.post(f"/webhooks/{self.name}", body, self.api.sign(body))


class Messenger(Meta):
    name = "messenger"
    note = "l'assistente scrive per 24 ore, una persona per 7 giorni"
    tells = ("delivered", "read")

    def _mark(self) -> dict[str, Any]:
        return {"watermark": _clock()}


class Instagram(Meta):
    name = "instagram"
    note = "come Messenger; di un messaggio dice solo se è letto"
    tells = ("read",)

    def _mark(self) -> dict[str, Any]:
        """Of the last message that was read: the echo of it has its id."""
        [echo] = json.loads(self.api.posts[-1])["entry"][0]["messaging"]
        return {"mid": echo["message"]["mid"]}


def _clock() -> int:
    return int(time.time() * 1000)
