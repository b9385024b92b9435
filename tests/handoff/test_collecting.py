"""Files that came with messages: fetched, looked at, kept, held or refused."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import func, select, update

from handoff import attachments, leases
from handoff.attachments import LARGEST, WAITING, Scanner
from handoff.attachments.checking import ARCHIVE, INFECTED, TOO_BIG
from handoff.channel import (
    Attachment,
    Channel,
    File,
    Inbound,
    Outbound,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    Withdrawn,
)
from handoff.collecting import GONE, MAX_ATTEMPTS, NOT_FETCHED, Collecting
from handoff.crew import Crew
from handoff.db import Database
from handoff.delivery import Delivery
from handoff.gateway import Gateway, PrivacyNotice
from handoff.knowledge import Knowledge
from handoff.safety import Safety
from handoff.settings import ROOT
from handoff.tables import Attachment as Row
from handoff.tables import AttachmentContent, Message
from tests.handoff.files import EICAR, P7M, PDF, ZIP, fake_clamd, png

AWAY = Scanner.at("tcp://127.0.0.1:1")
FILE = Attachment(kind="file", name="referto.pdf", media_type="x/y", reference="abc")


class Post(Channel):
    """Keeps files, or fails as told."""

    name = "post"

    def __init__(self, *files: bytes | Exception) -> None:
        self.files = list(files)
        self.asked: list[tuple[str, int]] = []

    async def send(self, message: Outbound) -> Receipt:
        return Receipt()

    async def fetch(self, reference: str, *, at_most: int) -> File:
        self.asked.append((reference, at_most))
        found = self.files.pop(0)
        if isinstance(found, Exception):
            raise found
        return File(name="provider.bin", media_type="x/z", content=found)


@pytest.fixture
def gateway(database: Database) -> Gateway:
    notice = PrivacyNotice("https://example.it/privacy", "1")
    knowledge = Knowledge.load(ROOT / "data")
    return Gateway(database, knowledge, Safety.load(ROOT / "data"), privacy=notice)


async def write(gateway: Gateway, *files: Attachment) -> str:
    received = await gateway.receive(
        Inbound(channel="post", external_id="1", address="anna", attachments=files)
    )
    return received.message_id


async def due_now(database: Database) -> None:
    async with database.begin() as session:
        await session.execute(update(Row).values(due=0.0))


async def collect(database: Database, post: Post, scanner: Scanner | None = None) -> int:
    """Everything that is due, once; how many that were."""
    async with database.begin() as session:
        jobs = await attachments.claim(session, owner="here", limit=9)
    collecting = Collecting(database, {"post": post}, scanner or Scanner())
    await asyncio.gather(*(collecting.collect(job) for job in jobs))
    return len(jobs)


async def rows(database: Database) -> list[Row]:
    async with database.read() as session:
        return list(await session.scalars(select(Row).order_by(Row.position)))


async def contents(database: Database) -> list[bytes]:
    async with database.read() as session:
        return list(await session.scalars(select(AttachmentContent.content)))


async def shown(database: Database, message_id: str) -> list[tuple[str, str, str | None]]:
    async with database.read() as session:
        message = await session.get_one(Message, message_id)
    return [(each["name"], each["state"], each["reason"]) for each in message.attachments]


async def test_a_file_is_fetched_checked_and_kept_with_its_true_type(gateway: Gateway) -> None:
    database, post = gateway.database, Post(PDF)
    message_id = await write(gateway, FILE)
    async with database.bell.listen("tickets") as heard:
        await collect(database, post)
        assert await heard.wait(1)
    assert post.asked == [("abc", LARGEST)]
    [row] = await rows(database)
    assert (row.state, row.media_type, row.size) == ("kept", "application/pdf", len(PDF))
    assert row.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (row.reference, row.owner, row.lease_until) == ("", None, None)
    assert await contents(database) == [PDF]
    assert await shown(database, message_id) == [("referto.pdf", "kept", None)]


async def test_a_file_that_came_along_is_not_fetched(gateway: Gateway) -> None:
    await write(gateway, Attachment(kind="image", content=png()))
    await collect(gateway.database, Post())
    [row] = await rows(gateway.database)
    assert (row.name, row.state) == ("immagine.png", "kept")
    assert await contents(gateway.database) == [png()]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(ZIP, ARCHIVE), (EICAR, INFECTED), (PDF + bytes(LARGEST), TOO_BIG)],
    ids=["zip", "eicar", "large"],
)
async def test_of_what_is_refused_no_content_stays(
    gateway: Gateway, content: bytes, reason: str
) -> None:
    message_id = await write(gateway, FILE)
    await collect(gateway.database, Post(content))
    assert await shown(gateway.database, message_id) == [("referto.pdf", "refused", reason)]
    assert await contents(gateway.database) == []


async def test_what_is_said_to_be_too_large_is_not_even_fetched(gateway: Gateway) -> None:
    post = Post()
    await write(gateway, Attachment(kind="video", reference="abc", size=LARGEST + 1))
    await collect(gateway.database, post)
    assert post.asked == []
    assert [row.reason for row in await rows(gateway.database)] == [TOO_BIG]


async def test_what_the_provider_no_longer_has_is_refused(gateway: Gateway) -> None:
    await write(gateway, FILE)
    await collect(gateway.database, Post(PermanentFailure("gone, says <b>somebody</b>")))
    assert [(row.state, row.reason) for row in await rows(gateway.database)] == [("refused", GONE)]


async def test_a_provider_that_is_away_is_asked_again_later(gateway: Gateway) -> None:
    post = Post(TemporaryFailure("503"), PDF)
    await write(gateway, FILE)
    assert await collect(gateway.database, post) == 1
    assert await collect(gateway.database, post) == 0  # not due yet
    await due_now(gateway.database)
    await collect(gateway.database, post)
    assert [row.state for row in await rows(gateway.database)] == ["kept"]


async def test_a_provider_that_stays_away_is_given_up(gateway: Gateway) -> None:
    message_id = await write(gateway, FILE)
    for _ in range(MAX_ATTEMPTS):
        await due_now(gateway.database)
        await collect(gateway.database, Post(TemporaryFailure("503")))
    assert await shown(gateway.database, message_id) == [("referto.pdf", "refused", NOT_FETCHED)]


async def test_a_file_whose_workers_keep_dying_is_given_up(gateway: Gateway) -> None:
    await write(gateway, FILE)
    for _ in range(MAX_ATTEMPTS):
        async with gateway.database.begin() as session:
            assert await attachments.claim(session, owner="dead")
            await leases.give_back(session, owner="dead")
    await collect(gateway.database, Post())
    assert [row.reason for row in await rows(gateway.database)] == [NOT_FETCHED]


async def test_without_the_scanners_word_a_file_is_held_and_looked_at_again(
    gateway: Gateway,
) -> None:
    post = Post(PDF)
    message_id = await write(gateway, FILE)
    await collect(gateway.database, post, AWAY)
    assert await shown(gateway.database, message_id) == [("referto.pdf", "held", WAITING)]
    assert await collect(gateway.database, post, AWAY) == 0  # not due yet
    await due_now(gateway.database)
    async with fake_clamd() as clamd:
        await collect(gateway.database, post, Scanner.at(clamd.url))
        assert clamd.heard == [PDF]
    assert await shown(gateway.database, message_id) == [("referto.pdf", "kept", None)]
    assert await contents(gateway.database) == [PDF]
    assert len(post.asked) == 1


async def test_a_held_file_that_is_infected_leaves_nothing(gateway: Gateway) -> None:
    await write(gateway, FILE)
    await collect(gateway.database, Post(PDF), AWAY)
    await due_now(gateway.database)
    async with fake_clamd() as clamd:
        clamd.answer = b"stream: Bad.Pdf FOUND\0"
        await collect(gateway.database, Post(), Scanner.at(clamd.url))
    assert [(r.state, r.reason) for r in await rows(gateway.database)] == [("refused", INFECTED)]
    assert await contents(gateway.database) == []


async def test_however_long_the_scanner_is_away_nothing_is_given_up(gateway: Gateway) -> None:
    await write(gateway, FILE)
    post = Post(PDF)
    for _ in range(MAX_ATTEMPTS + 2):
        await due_now(gateway.database)
        await collect(gateway.database, post, AWAY)
    assert [row.state for row in await rows(gateway.database)] == ["held"]


async def test_a_worker_that_lost_its_lease_changes_nothing(gateway: Gateway) -> None:
    await write(gateway, FILE)
    async with gateway.database.begin() as session:
        [late] = await attachments.claim(session, owner="late")
        await leases.give_back(session, owner="late")
    await collect(gateway.database, Post(PDF))
    await Collecting(gateway.database, {"post": Post(ZIP)}, Scanner()).collect(late)
    assert [row.state for row in await rows(gateway.database)] == ["kept"]
    assert await contents(gateway.database) == [PDF]


async def test_what_the_citizen_took_back_meanwhile_is_not_kept(gateway: Gateway) -> None:
    await write(gateway, FILE)
    async with gateway.database.begin() as session:
        [job] = await attachments.claim(session, owner="here")
    await gateway.take(Withdrawn(channel="post", external_id="1"))
    await Collecting(gateway.database, {"post": Post(PDF)}, Scanner()).collect(job)
    assert await contents(gateway.database) == []


async def test_an_original_is_left_untouched_and_lets_signed_files_pass(gateway: Gateway) -> None:
    original = Attachment(kind="file", name="m.eml", content=b"From: x\r\n", original=True)
    signed = Attachment(kind="file", name="atto.pdf.p7m", content=P7M)
    message_id = await write(gateway, original, signed)
    assert await collect(gateway.database, Post(), AWAY) == 1
    assert [(r.is_original, r.state) for r in await rows(gateway.database)] == [
        (True, "kept"),
        (False, "held"),
    ]
    assert [name for name, _, _ in await shown(gateway.database, message_id)] == [
        "m.eml",
        "atto.pdf.p7m",
    ]


async def test_files_of_one_message_that_end_together_are_all_shown(gateway: Gateway) -> None:
    files = [Attachment(kind="file", name=f"{n}.pdf", content=PDF) for n in range(6)]
    message_id = await write(gateway, *files)
    assert await collect(gateway.database, Post()) == 6
    assert await shown(gateway.database, message_id) == [
        (f"{n}.pdf", "kept", None) for n in range(6)
    ]


class Silent:
    async def answer(self, job: object) -> None:
        await asyncio.Event().wait()


@asynccontextmanager
async def crew(database: Database, post: Post) -> AsyncIterator[None]:
    delivery = Delivery(database, {"post": post})
    working = Crew(database, Silent(), delivery, Knowledge(), slots=2)  # type: ignore[arg-type]
    line = working._lines[2]
    task = asyncio.create_task(line.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await line.finish(5)


async def test_the_crew_collects_as_soon_as_a_file_came(gateway: Gateway) -> None:
    database = gateway.database
    async with (
        crew(database, Post(RuntimeError("a fault of ours"), PDF)),
        asyncio.timeout(20),
        database.bell.listen("tickets", "attachments") as heard,
    ):
        await write(gateway, FILE)
        while [row.state for row in await rows(database)] != ["kept"]:
            await heard.wait(1)
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(AttachmentContent)) == 1
