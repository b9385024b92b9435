"""Echoes of what was sent from our account, of which some do not say whose it is."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import func, select, update

from handoff import outbox
from handoff.channel import Echo, Outbound, Receipt, UnknownOutcome
from handoff.db import Database
from handoff.gateway import Gateway, PrivacyNotice
from handoff.knowledge import Knowledge
from handoff.safety import Safety
from handoff.settings import ROOT
from handoff.tables import Conversation, Message, Oddity, Outbox
from tests.handoff.post import Post, deliver, say, state, status

HOURS = "Orari & sedi: https://www.example.org/orari"


class Halves(Post):
    """Every message becomes two of the provider's."""

    def parts_of(self, message: Outbound) -> list[str]:
        return [f"{message.text} (1)", f"{message.text} (2)"]


@pytest.fixture
def gateway(database: Database) -> Gateway:
    """Without workers, and without the memory of the process that sends."""
    notice = PrivacyNotice("https://example.it/privacy", "1")
    safety = Safety.load(ROOT / "data")
    return Gateway(database, Knowledge(), safety, privacy=notice, channels={"post": Post()})


class During(Post):
    """Something happens after the provider took it and before it answers us."""

    def __init__(
        self, happens: Callable[[], Awaitable[object]], *failures: Exception, answer: str = "id-1"
    ) -> None:
        super().__init__(*failures)
        self.happens = happens
        self.answer = answer

    async def send(self, message: Outbound) -> Receipt:
        await self.happens()
        await super().send(message)
        return Receipt((self.answer,))


def echo(text: str = "uno", *, external_id: str = "id-1", ours: bool = False) -> Echo:
    return Echo(channel="post", external_id=external_id, address="anna", text=text, ours=ours)


async def said(database: Database) -> list[tuple[str, str]]:
    async with database.read() as session:
        found = await session.scalars(select(Message).order_by(Message.seq))
        return [(message.author, message.text) for message in found]


async def holder(database: Database) -> str | None:
    async with database.read() as session:
        found: str | None = await session.scalar(select(Conversation.holder))
    return found


@pytest.mark.parametrize(
    "seen", ["uno", HOURS, "Orari &amp; sedi:  https://t.co/a1"], ids=["same", "links", "escaped"]
)
async def test_an_echo_before_the_answer_is_known_by_its_words(
    gateway: Gateway, seen: str
) -> None:
    text = "uno" if seen == "uno" else HOURS
    await say(gateway.database, text=text)
    await deliver(gateway.database, During(lambda: gateway.take(echo(seen))))
    assert await said(gateway.database) == [("bot", text)]
    assert (await holder(gateway.database), (await state(gateway.database)).state) == (
        "bot",
        "sent",
    )


async def test_an_echo_of_a_part_is_known(gateway: Gateway) -> None:
    seen = Gateway(
        gateway.database,
        gateway.knowledge,
        gateway.safety,
        privacy=PrivacyNotice("https://example.it/privacy", "1"),
        channels={"post": Halves()},
    )
    await say(gateway.database)
    await deliver(gateway.database, During(lambda: seen.take(echo("uno (2)"))))
    assert await said(gateway.database) == [("bot", "uno")]


async def test_an_echo_settles_what_had_no_answer(gateway: Gateway) -> None:
    await say(gateway.database)
    await deliver(gateway.database, Post(UnknownOutcome("timed out")))
    await gateway.take(echo(external_id="id-7"))
    assert (await state(gateway.database)).state == "sent"
    await gateway.take(status("read", external_id="id-7"))
    assert (await state(gateway.database)).state == "read"


async def test_an_echo_that_finds_a_dead_workers_message_is_ours(gateway: Gateway) -> None:
    await say(gateway.database)
    async with gateway.database.begin() as session:
        await outbox.claim(session, owner="elsewhere:1:a")
    await gateway.take(echo())
    assert await said(gateway.database) == [("bot", "uno")]
    async with gateway.database.begin() as session:
        await session.execute(update(Outbox).values(lease_until=0.0))
    await deliver(gateway.database, Post())
    assert (await state(gateway.database)).state == "sent"


async def test_other_words_are_ours_when_our_answer_names_them(gateway: Gateway) -> None:
    await say(gateway.database)
    await deliver(gateway.database, During(lambda: gateway.take(echo("1"))))
    assert await said(gateway.database) == [("bot", "uno")]
    assert await held(gateway.database) == 0


async def test_what_a_person_wrote_meanwhile_is_recorded_once_the_attempt_has_ended(
    gateway: Gateway,
) -> None:
    await say(gateway.database)
    theirs = echo("Sono Rita", external_id="id-8")
    await deliver(gateway.database, During(lambda: gateway.take(theirs)))
    await gateway.take(theirs)
    assert await said(gateway.database) == [("bot", "uno"), ("operator", "Sono Rita")]
    assert (await holder(gateway.database), await held(gateway.database)) == ("queue", 0)


async def held(database: Database) -> int:
    async with database.read() as session:
        waiting = select(func.count()).where(Oddity.kind == "echo_held")
        return await session.scalar(waiting) or 0


async def test_a_person_may_say_what_the_bot_said_before(gateway: Gateway) -> None:
    await say(gateway.database)
    await deliver(gateway.database, Post())
    await gateway.take(echo(external_id="id-8"))
    assert await said(gateway.database) == [("bot", "uno"), ("operator", "uno")]


async def test_a_person_may_say_what_waits_to_be_sent(gateway: Gateway) -> None:
    await say(gateway.database)
    await gateway.take(echo())
    assert await said(gateway.database) == [("bot", "uno"), ("operator", "uno")]


async def test_an_echo_of_our_app_is_never_a_persons(gateway: Gateway) -> None:
    await say(gateway.database)
    await deliver(gateway.database, Post())
    await gateway.take(echo("altro", external_id="id-8", ours=True))
    assert await holder(gateway.database) == "bot"
