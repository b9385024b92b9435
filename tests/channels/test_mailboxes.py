"""E-mail and PEC against mail servers on loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from imap_tools import MailboxLoginError
from pydantic import ValidationError

from handoff.channel import (
    Answered,
    Button,
    DeliveryError,
    Event,
    File,
    Inbound,
    Outbound,
    PermanentFailure,
    Received,
    TemporaryFailure,
    UnknownOutcome,
    Unreachable,
)
from handoff.channel.mailbox.base import MailChannel
from handoff.channel.mailbox.imap import Imap
from handoff.channel.mailbox.letter import Raw
from handoff.channel.mailbox.watching import Patience
from handoff.channels.email import Email
from handoff.channels.email.settings import EmailSettings
from handoff.channels.pec import Pec
from handoff.channels.pec.settings import PecSettings
from tests import fake_tls
from tests.fake_imap import FakeImap
from tests.fake_smtp import DROP, FakeSmtp
from tests.fake_tls import FakeTls

CONVERSATION = "0" * 32
ANSWER = Outbound(
    key="f" * 32,
    address="ada@posta.example",
    text="Il CUP apre alle 8.\n.\nPerché così?",
    conversation_id=CONVERSATION,
    author="operator",
)


def mail(number: int, text: str = "Buongiorno") -> bytes:
    head = f"From: ada@posta.example\nSubject: n {number}\nMessage-ID: <{number}@posta.example>\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\n\n{text} {number}\n".encode()


class Gate:
    """Stands where the gateway stands; what `refuses` names cannot be stored so many times."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.refuses: dict[str, int] = {}
        self.asked: list[str] = []
        self.before: Callable[[], None] = lambda: None
        self._changed = asyncio.Event()

    async def receive(self, event: Event) -> Received | None:
        self.before()
        subject = getattr(event, "subject", "") or ""
        self.asked.append(subject)
        self._changed.set()
        if self.refuses.get(subject, 0):
            self.refuses[subject] -= 1
            raise OSError("the database is away")
        self.heard.append(event)
        self._changed.set()
        return None

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def subjects(self) -> list[str]:
        return [event.subject or "" for event in self.heard if isinstance(event, Inbound)]


@pytest.fixture
def imap() -> Iterator[FakeImap]:
    with FakeImap() as imap:
        yield imap


@pytest.fixture
def smtp() -> Iterator[FakeSmtp]:
    with FakeSmtp() as smtp:
        yield smtp


@pytest.fixture
def gate() -> Gate:
    return Gate()


def places(*, imap: int = 9, smtp: int = 9, **more: Any) -> dict[str, Any]:
    local = {"imap_host": "127.0.0.1", "imap_security": "none", "imap_port": imap}
    return local | {
        "smtp_host": "127.0.0.1",
        "smtp_security": "none",
        "smtp_port": smtp,
        "poll_seconds": 5,
        **more,
    }


def email(*, largest: int = 1_000_000, **where: Any) -> Email:
    return Email(
        EmailSettings(**places(**where)),
        largest=largest,
        answer_within=2,
        patience=Patience(shortest=0.01, longest=0.05),
    )


def pec(**where: Any) -> Pec:
    return Pec(PecSettings(**places(**where)), answer_within=2)


@asynccontextmanager
async def listening(channel: MailChannel, gate: Gate) -> AsyncIterator[None]:
    task = asyncio.create_task(channel.listen(gate.receive))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def wait(imap: FakeImap, condition: Callable[[], object]) -> None:
    await asyncio.to_thread(imap.wait_until, condition)


async def test_takes_what_waits_and_what_comes(imap: FakeImap, gate: Gate) -> None:
    imap.add(mail(1))
    async with listening(email(imap=imap.port), gate):
        await gate.until(lambda: gate.subjects() == ["n 1"])
        await wait(imap, imap.is_idling)
        imap.add(mail(2))
        await gate.until(lambda: gate.subjects() == ["n 1", "n 2"])
        await wait(imap, lambda: imap.seen == {1, 2})
    marks = [event.mark for event in gate.heard if event.mark]
    assert [mark.number for mark in marks] == [1, 2]
    assert {mark.series.partition(":")[2] for mark in marks} == {"INBOX"}


async def test_marks_nothing_as_read_before_it_is_committed(imap: FakeImap, gate: Gate) -> None:
    seen: list[set[int]] = []
    gate.before = lambda: seen.append(set(imap.seen))
    imap.add(mail(1))
    async with listening(email(imap=imap.port), gate):
        await gate.until(lambda: bool(gate.heard))
    assert seen == [set()]
    assert not any("EXPUNGE" in line for line in imap.log)


async def test_what_cannot_be_stored_comes_again_and_holds_up_nobody(
    imap: FakeImap, gate: Gate
) -> None:
    gate.refuses["n 1"] = 2
    imap.add(mail(1))
    imap.add(mail(2))
    async with listening(email(imap=imap.port), gate):
        await gate.until(lambda: gate.subjects() == ["n 2", "n 1"])
        await wait(imap, lambda: imap.seen == {1, 2})
    assert gate.asked == ["n 1", "n 2", "n 1", "n 1"]


async def test_a_mail_that_cannot_be_read_is_kept_as_an_oddity(imap: FakeImap, gate: Gate) -> None:
    imap.add(b"\xff\xfe no mail at all \x00")
    imap.add(mail(2))
    async with listening(email(imap=imap.port), gate):
        await gate.until(lambda: len(gate.heard) == 2)
        await wait(imap, lambda: imap.seen == {1, 2})
    assert [type(event).__name__ for event in gate.heard] == ["Oddity", "Inbound"]


@pytest.mark.parametrize("command", ["UID FETCH", "UID STORE", "UID SEARCH", "SELECT", "IDLE"])
async def test_a_lost_connection_loses_no_mail(imap: FakeImap, gate: Gate, command: str) -> None:
    imap.cuts.append(command)
    imap.add(mail(1))
    async with listening(email(imap=imap.port), gate):
        await wait(imap, lambda: imap.seen == {1} and imap.is_idling())
    assert set(gate.subjects()) == {"n 1"}


async def test_takes_what_somebody_else_has_read_meanwhile(imap: FakeImap, gate: Gate) -> None:
    async with listening(email(imap=imap.port), gate):
        await wait(imap, imap.is_idling)
        imap.seen.add(1)
        imap.add(mail(1))
        await gate.until(lambda: gate.subjects() == ["n 1"])


async def test_a_new_uidvalidity_begins_anew(imap: FakeImap, gate: Gate) -> None:
    imap.add(mail(1))
    async with listening(email(imap=imap.port), gate):
        await wait(imap, lambda: imap.seen == {1} and imap.is_idling())
        imap.validity += 1
        imap.mails[1] = mail(7)
        imap.seen.clear()
        imap.cuts.append("UID SEARCH")
        imap.add(mail(8))
        await gate.until(lambda: gate.subjects() == ["n 1", "n 7", "n 8"])


async def test_of_a_huge_mail_only_the_beginning_is_loaded(imap: FakeImap, gate: Gate) -> None:
    imap.add(mail(1, "Aiuto! " + "x" * 300_000))
    async with listening(email(imap=imap.port, largest=1000), gate):
        await gate.until(lambda: bool(gate.heard))
    heard = gate.heard[0]
    assert isinstance(heard, Inbound)
    assert (heard.subject, heard.attachments) == ("n 1", ())
    assert heard.text.startswith("Aiuto!")
    assert "troppo grande" in (heard.unsupported or "")
    assert not any(line.endswith("(BODY.PEEK[])") for line in imap.log)


async def test_works_where_there_is_no_idle(gate: Gate) -> None:
    with FakeImap(idle=False) as imap:
        async with listening(email(imap=imap.port, poll_seconds=0.05), gate):
            await wait(imap, lambda: any("SEARCH" in line for line in imap.log))
            imap.add(mail(1))
            await gate.until(lambda: gate.subjects() == ["n 1"])


async def test_an_answer_belongs_to_what_it_answers(smtp: FakeSmtp) -> None:
    asked = Answered(
        external_id="<2@posta.example>",
        subject="Orari\r\nBcc: altri@posta.example",
        particulars={"references": "<1@posta.example>"},
    )
    message = Outbound(
        key="f" * 32,
        address="ada@posta.example",
        text="Ecco",
        author="operator",
        conversation_id=CONVERSATION,
        answers=asked,
        files=(File(name="pianta.pdf", media_type="application/pdf", content=b"%PDF"),),
    )
    receipt = await email(smtp=smtp.port).send(message)
    sent = smtp.mails[0]
    assert receipt.external_ids == (sent["Message-ID"],)
    assert sent["In-Reply-To"] == "<2@posta.example>"
    assert sent["References"] == "<1@posta.example> <2@posta.example>"
    assert sent["Subject"].startswith("Re: Orari Bcc: altri@posta.example [#")
    assert sent["Bcc"] is None
    assert [part.get_filename() for part in sent.iter_attachments()] == ["pianta.pdf"]
    assert smtp.envelopes == [("sportello@ospedale.example", ["ada@posta.example"])]


async def test_a_reply_leads_back_to_its_conversation(smtp: FakeSmtp) -> None:
    for has_plus in (True, False):
        channel = email(smtp=smtp.port, plus_addresses=has_plus)
        await channel.send(ANSWER)
        sent = smtp.mails.pop()
        to = sent["Reply-To"] or "sportello@ospedale.example"
        reply = f"From: ada@posta.example\nTo: {to}\nSubject: R: {sent['Subject']}\n\nGrazie\n"
        (heard,) = channel.read(Raw(reply.encode(), 0))
        assert isinstance(heard, Inbound)
        assert heard.thread == CONVERSATION


async def test_only_machines_say_that_they_are_machines(smtp: FakeSmtp) -> None:
    channel = email(smtp=smtp.port)
    await channel.send(ANSWER)
    buttons = (Button(title="Orari", payload="orari"), Button(title="Sedi", payload="sedi"))
    await channel.send(Outbound(key="2", address="a@b.example", text="Scelga", buttons=buttons))
    assert [sent["Auto-Submitted"] for sent in smtp.mails] == [None, "auto-replied"]
    texts = [sent.get_content().replace("\r\n", "\n") for sent in smtp.mails]
    assert texts == [ANSWER.text + "\n", "Scelga\n\n1. Orari\n2. Sedi\n"]


async def test_the_same_message_is_the_same_mail(smtp: FakeSmtp) -> None:
    channel = email(smtp=smtp.port)
    assert await channel.send(ANSWER) == await channel.send(ANSWER)


@pytest.mark.parametrize(
    ("command", "answer", "expected"),
    [
        ("RCPT", "550 5.1.1 User unknown", Unreachable),
        ("RCPT", "451 4.7.1 Greylisted", TemporaryFailure),
        ("RCPT", "554 5.7.1 Policy", PermanentFailure),
        ("RCPT", DROP, TemporaryFailure),
        ("MAIL", "452 4.3.1 Full", TemporaryFailure),
        ("DATA", "451 4.3.0 Later", TemporaryFailure),
        ("DATA", "552 5.3.4 Too big", PermanentFailure),
        ("DATA", DROP, UnknownOutcome),
    ],
)
async def test_says_what_is_known_of_a_mail_that_failed(
    smtp: FakeSmtp, command: str, answer: str, expected: type[DeliveryError]
) -> None:
    smtp.answers[command] = answer
    with pytest.raises(DeliveryError) as failed:
        await email(smtp=smtp.port).send(ANSWER)
    assert type(failed.value) is expected
    assert "ada@" not in str(failed.value)


async def test_nothing_left_where_nobody_listens() -> None:
    with pytest.raises(TemporaryFailure):
        await email().send(ANSWER)


async def test_an_address_that_is_none_never_goes_out(smtp: FakeSmtp) -> None:
    for address in ("ada", "ada@posta.example\r\nRCPT TO:<x@y.example>", "à@posta.example"):
        with pytest.raises(Unreachable):
            await email(smtp=smtp.port).send(Outbound(key="1", address=address, text="x"))


@pytest.mark.parametrize("author", ["bot", "system"])
async def test_no_machine_answers_on_pec(smtp: FakeSmtp, author: Any) -> None:
    with pytest.raises(PermanentFailure):
        await pec(smtp=smtp.port).send(
            Outbound(key="1", address="a@b.it", text="x", author=author)
        )
    assert smtp.mails == []


async def test_a_person_answers_on_pec_to_one_recipient(smtp: FakeSmtp) -> None:
    receipt = await pec(smtp=smtp.port).send(ANSWER)
    assert receipt.external_ids == (smtp.mails[0]["Message-ID"],)
    assert smtp.envelopes == [("urp@pec.ospedale.example", ["ada@posta.example"])]


async def test_tells_when_the_mailbox_does_not_open(imap: FakeImap, smtp: FakeSmtp) -> None:
    wrong = email(imap=imap.port, smtp=smtp.port, password="wrong")
    assert "casella" in (await wrong.trouble() or "")


@pytest.mark.parametrize(
    "mistake",
    [{"thread_secret": "short"}, {"address": "no address"}, {"imap_host": "imap.example"}],
)
def test_unsafe_settings_stop_the_boot(mistake: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        EmailSettings(**(places() | mistake))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_password_goes_to_no_server_that_nobody_vouches_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    made, key = fake_tls.certificate(tmp_path)
    for trusted in (False, True):
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(made))
        with FakeTls(made, key, starttls=security == "starttls") as server:
            where = places(imap=server.port, imap_host="localhost", imap_security=security)
            refusal = MailboxLoginError if trusted else ssl.SSLCertVerificationError
            with pytest.raises(refusal):
                Imap(EmailSettings(**where), "INBOX", 5)
        assert (b"LOGIN" in server.heard) is trusted
