"""A citizen's side of the two mailboxes."""

import asyncio
from email.message import EmailMessage
from typing import Any

import httpx

from tests.channels.test_every_channel import PAYLOADS
from tests.fake_imap import FakeImap
from tests.fake_smtp import FakeSmtp
from tests.journey.base import NUMBERS, Shown, Side, lines

ASKED = "Chiedo la cartella clinica di mio padre. È urgente."  # in the envelope that was captured
TOLD_OF = "sportello.fedcba9876543210fedcba9876543210.ibhkvgo56cx3vgs6@pec.ospedale.example"
RECEIPTS = {"sent": "accettazione", "delivered": "avvenuta_consegna"}


class Letters(Side):
    def __init__(self, http: httpx.AsyncClient, boxes: tuple[FakeImap, FakeSmtp]) -> None:
        super().__init__(http)
        self.imap, self.smtp = boxes

    async def write(self, text: str) -> None:
        await self._comes(self._mail(text))

    async def _comes(self, mail: bytes) -> None:
        await asyncio.to_thread(self.imap.add, mail)

    def _mail(self, text: str) -> bytes:
        raise NotImplementedError

    async def read(self) -> list[Shown]:
        return [lines(_text(mail)) for mail in self.smtp.mails]


class Email(Letters):
    name = "email"
    by = "IMAP e SMTP"
    note = "«inviato»: il nostro server ha preso la lettera; di più non si sa"

    def _mail(self, text: str) -> bytes:
        mail = EmailMessage()
        mail["From"], mail["To"] = "Ada Melis <ada@posta.example>", "sportello@ospedale.example"
        mail["Subject"], mail["Message-ID"] = "Domanda", f"<{next(NUMBERS)}@posta.example>"
        mail.set_content(text)
        return mail.as_bytes()


class Pec(Letters):
    """Envelope and receipts as a certified provider makes them; nobody but a person answers."""

    name = "pec"
    by = "IMAP, SMTP, ricevute"
    note = "risponde solo una persona; «consegnato» lo dice la ricevuta di avvenuta consegna"
    answers_alone = False
    tells = ("sent", "delivered")

    def _mail(self, text: str) -> bytes:
        envelope = (PAYLOADS / "pec" / "busta.eml").read_bytes()
        numbered = envelope.replace(b"opec9.cit", b"opec%d.cit" % next(NUMBERS))
        return numbered.replace(ASKED.encode(), text.encode())

    async def tell(self, state: str) -> None:
        """A receipt about the last mail that the provider took."""
        receipt = (PAYLOADS / "pec" / f"{RECEIPTS[state]}.eml").read_bytes()
        ours = self.smtp.mails[-1]["Message-ID"].strip("<>")
        numbered = receipt.replace(b"<r.1@", b"<r.%d@" % next(NUMBERS))
        await self._comes(numbered.replace(TOLD_OF.encode(), ours.encode()))


def _text(mail: EmailMessage) -> str:
    body: Any = mail.get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""
