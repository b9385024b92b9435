"""A citizen's side of Meta's channels, of the mailboxes, and of the telephone."""

import asyncio
import json
from email.message import EmailMessage

import httpx

from tests import fake_whatsapp
from tests.channels.test_every_channel import PAYLOADS
from tests.fake_imap import FakeImap
from tests.fake_meta import FakeMeta
from tests.fake_smtp import FakeSmtp
from tests.fake_whatsapp import FakeWhatsApp
from tests.journey.base import NUMBERS, Base


class WhatsApp(Base):
    name = "whatsapp"

    def __init__(self, http: httpx.AsyncClient, api: FakeWhatsApp) -> None:
        super().__init__(http)
        self.api = api
        self._post = json.loads((PAYLOADS / "whatsapp" / "text.json").read_text())["body"]

    async def write(self, text: str) -> None:
        [message] = self._post["entry"][0]["changes"][0]["value"]["messages"]
        message["id"], message["text"] = f"wamid.IN{next(NUMBERS)}", {"body": text}
        headers, body = fake_whatsapp.signed(self._post)
        await self.post("/webhooks/whatsapp", body, headers)

    async def read(self) -> list[str]:
        return [
            fields.get("text", {}).get("body", "")
            + fields.get("interactive", {}).get("body", {}).get("text", "")
            for fields in self.api.sent
        ]


class Meta(Base):
    def __init__(self, http: httpx.AsyncClient, api: FakeMeta) -> None:
        super().__init__(http)
        self.api = api

    async def write(self, text: str) -> None:
        body = self.api.write(text)
        await self.post(f"/webhooks/{self.name}", body, self.api.sign(body))

    async def read(self) -> list[str]:
        return [fields["message"].get("text", "") for fields in self.api.sent]


class Messenger(Meta):
    name = "messenger"


class Instagram(Meta):
    name = "instagram"


class Email(Base):
    name = "email"

    def __init__(self, http: httpx.AsyncClient, boxes: tuple[FakeImap, FakeSmtp]) -> None:
        super().__init__(http)
        self.imap, self.smtp = boxes

    async def write(self, text: str) -> None:
        await asyncio.to_thread(self.imap.add, self._mail(text))

    def _mail(self, text: str) -> bytes:
        mail = EmailMessage()
        mail["From"], mail["To"] = "ada@posta.example", "sportello@ospedale.example"
        mail["Subject"], mail["Message-ID"] = "Domanda", f"<{next(NUMBERS)}@posta.example>"
        mail.set_content(text)
        return mail.as_bytes()

    async def read(self) -> list[str]:
        return [mail.get_content() for mail in self.smtp.mails]


class Pec(Email):
    """An envelope as a certified provider makes it; nobody but a person answers."""

    name = "pec"
    answers_alone = False

    def _mail(self, text: str) -> bytes:
        return (PAYLOADS / "pec" / "busta.eml").read_bytes()
