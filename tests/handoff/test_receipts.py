"""What providers tell later about what we sent."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select, update

from handoff import conversations, receipts
from handoff.channel import (
    Echo,
    Outbound,
    PermanentFailure,
    Receipt,
    Status,
    UnknownOutcome,
)
from handoff.db import Database
from handoff.gateway import Gateway, PrivacyNotice
from handoff.knowledge import Knowledge
from handoff.safety import Safety
from handoff.settings import ROOT
from handoff.tables import Conversation, Outbox, Ticket
from tests.handoff.post import Post, deliver, say, state, status


@pytest.fixture
def gateway(database: Database) -> Gateway:
    """Without workers: the tests deliver by themselves."""
    notice = PrivacyNotice("https://example.it/privacy", "1")
    return Gateway(database, Knowledge(), Safety.load(ROOT / "data"), privacy=notice)


@pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "read"])))
async def test_statuses_in_any_order_end_in_the_highest(
    gateway: Gateway, order: tuple[str, ...]
) -> None:
    await say(gateway.database)
    await deliver(gateway.database, Post())
    for each in (*order, *order):
        await gateway.take(status(each))
    assert (await state(gateway.database)).state == "read"


async def test_a_status_that_comes_before_our_answer_is_heard_when_we_have_it(
    gateway: Gateway,
) -> None:
    await say(gateway.database)
    await gateway.take(status("delivered"))
    assert (await state(gateway.database)).state == "ready"
    await deliver(gateway.database, Post())
    assert (await state(gateway.database)).state == "delivered"


async def test_a_failure_after_sending_is_told_with_its_reason(gateway: Gateway) -> None:
    await say(gateway.database)
    await deliver(gateway.database, Post())
    await gateway.take(status("failed", cause="unreachable", reason="non ha WhatsApp"))
    row = await state(gateway.database)
    assert (row.state, row.cause, row.reason) == ("failed", "unreachable", "non ha WhatsApp")


@pytest.mark.parametrize("is_faster", [False, True], ids=["later", "before our answer"])
@pytest.mark.parametrize(("author", "called"), [("operator", ["consegna"]), ("bot", [])])
async def test_an_operators_words_that_failed_by_a_report_become_a_ticket_once(
    gateway: Gateway, author: str, called: list[str], is_faster: bool
) -> None:
    key = await say(gateway.database, author=author)
    failed = status("failed", key=key, cause="unreachable")
    if is_faster:
        await gateway.take(failed)
    await deliver(gateway.database, Post())
    for _ in range(2):
        await gateway.take(failed)
    async with gateway.database.read() as session:
        assert list(await session.scalars(select(Ticket.kind))) == called
        assert await session.scalar(select(Conversation.unreachable))


async def test_what_was_delivered_cannot_fail_any_more(gateway: Gateway) -> None:
    await say(gateway.database)
    await deliver(gateway.database, Post())
    await gateway.take(status("delivered"))
    await gateway.take(status("failed"))
    assert (await state(gateway.database)).state == "delivered"


async def test_an_unknown_outcome_is_settled_by_a_status_that_repeats_our_key(
    gateway: Gateway,
) -> None:
    key = await say(gateway.database)
    delivery = await deliver(gateway.database, Post(UnknownOutcome("timed out")))
    assert (await state(gateway.database)).state == "unknown"
    await gateway.take(status("sent", key=key, external_id="id-9"))
    assert (await state(gateway.database)).state == "sent"
    await wait_for_the_clock(gateway.database)
    assert await delivery.look_after_the_unknown() == 0


class Told(Post):
    """The provider's status is faster than its answer, which never comes."""

    def __init__(self, gateway: Gateway) -> None:
        super().__init__()
        self.gateway = gateway

    async def send(self, message: Outbound) -> Receipt:
        await self.gateway.take(status("delivered", key=message.key, external_id="id-9"))
        raise UnknownOutcome("timed out")


async def test_a_status_that_came_before_the_time_out_settles_it(gateway: Gateway) -> None:
    await say(gateway.database)
    await deliver(gateway.database, Told(gateway))
    assert (await state(gateway.database)).state == "delivered"


async def test_an_unknown_outcome_without_news_becomes_a_persons_choice_once(
    gateway: Gateway,
) -> None:
    await say(gateway.database)
    delivery = await deliver(gateway.database, Post(UnknownOutcome("timed out")))
    async with gateway.database.read() as session:
        assert await session.scalar(select(Ticket)) is None
    await wait_for_the_clock(gateway.database)
    assert [await delivery.look_after_the_unknown() for _ in range(2)] == [1, 0]
    async with gateway.database.read() as session:
        tickets = list(await session.scalars(select(Ticket.kind)))
    assert tickets == ["consegna"]


async def wait_for_the_clock(database: Database) -> None:
    """As if the time that a status may take had passed."""
    async with database.begin() as session:
        await session.execute(update(Outbox).where(Outbox.due > 0).values(due=1.0))


async def test_our_own_echo_is_no_message(gateway: Gateway) -> None:
    key = await say(gateway.database)
    await deliver(gateway.database, Post())
    echo = Echo(channel="post", external_id="id-1", address="anna", text="uno", key=key)
    await gateway.take(echo)
    async with gateway.database.read() as session:
        conversation = await session.scalar(select(Conversation))
    assert conversation
    assert (conversation.holder, conversation.last_seq) == ("bot", 1)


async def test_what_a_person_wrote_in_the_providers_app_is_recorded_and_silences_the_bot(
    gateway: Gateway,
) -> None:
    await say(gateway.database)
    echo = Echo(channel="post", external_id="x", address="anna", text="Buongiorno, sono Rita")
    for _ in range(2):
        await gateway.take(echo)
    async with gateway.database.read() as session:
        conversation = await session.scalar(select(Conversation))
        assert conversation
        said = await conversations.messages_after(session, conversation.id, seq=1)
        waiting = list(await session.scalars(select(Outbox.message_id)))
        waiting_ticket = await session.scalar(select(Ticket.id))
    assert (conversation.holder, conversation.ticket_id) == ("queue", waiting_ticket)
    assert [(one.author, one.text) for one in said] == [("operator", "Buongiorno, sono Rita")]
    assert said[0].id not in waiting


async def test_a_watermark_reads_all_that_was_sent_until_then(gateway: Gateway) -> None:
    await say(gateway.database)
    await deliver(gateway.database, Post())
    seen = Status(channel="post", state="read", address="anna", up_to=datetime.now(UTC))
    await gateway.take(seen)
    assert (await state(gateway.database)).state == "read"


async def test_an_alias_leads_an_answer_back_to_what_it_answers(gateway: Gateway) -> None:
    await say(gateway.database)
    await deliver(gateway.database, Post())
    await gateway.take(status("sent", alias="opec1@pec"))
    async with gateway.database.read() as session:
        found = await receipts.outbox_of(session, "post", "opec1@pec")
    assert found


@pytest.mark.parametrize(
    ("author", "silence", "sent", "late"),
    [
        ("bot", timedelta(hours=23), 1, False),
        ("bot", timedelta(hours=25), 0, None),
        ("operator", timedelta(hours=25), 1, True),
        ("operator", timedelta(days=8), 0, None),
    ],
)
async def test_the_window_decides_who_may_still_write(
    database: Database, author: str, silence: timedelta, sent: int, late: bool | None
) -> None:
    await say(database, author=author, silence=silence)
    post = Post()
    await deliver(database, post)
    assert [message.late for message in post.sent] == [late] * sent
    assert (await state(database)).cause == (None if sent else "window_closed")


async def test_an_operators_words_that_cannot_arrive_become_a_ticket(database: Database) -> None:
    await say(database, author="operator", silence=timedelta(days=8))
    await deliver(database, Post())
    async with database.read() as session:
        assert await session.scalar(select(Ticket.kind)) == "consegna"


class Silent(Post):
    answers_alone = False


async def test_where_only_persons_write_the_bots_words_stay_here(database: Database) -> None:
    await say(database)
    post = Silent()
    await deliver(database, post)
    assert (post.sent, (await state(database)).state) == ([], "withheld")


class Split(Post):
    """Every message becomes two of the provider's: `id-1` and `id-2`."""

    def parts_of(self, message: Outbound) -> list[str]:
        return [message.text, message.text]

    def __init__(self, *failures: Exception, ids: tuple[str, ...] = ("id-1", "id-2")) -> None:
        super().__init__(*failures)
        self.ids = ids

    async def send(self, message: Outbound) -> Receipt:
        await super().send(message)
        return Receipt(self.ids)


TOLD = {
    "sent": ("sent", "delivered"),
    "delivered": ("delivered", "read"),
    "read": ("read", "read"),
    "failed": ("failed", "read"),
}


@pytest.mark.parametrize("expected", TOLD)
async def test_of_a_message_in_parts_the_worst_part_is_told_in_whatever_order(
    gateway: Gateway, expected: str
) -> None:
    first, second = TOLD[expected]
    reports = [("id-1", "sent"), ("id-1", first), ("id-2", "sent"), ("id-2", second)]
    for number, order in enumerate(permutations(reports)):
        before = number % 5  # so many come before our call has its answer
        key = await say(gateway.database)
        ids = {name: f"{name}-{key}" for name in ("id-1", "id-2")}
        told = [status(state, external_id=ids[name], key=key) for name, state in order]
        for each in told[:before]:
            await gateway.take(each)
        await deliver(gateway.database, Split(ids=tuple(ids.values())))
        for each in (*told[before:], *told):
            await gateway.take(each)
        assert (await state(gateway.database, key)).state == expected


async def test_a_part_that_failed_is_told_with_its_reason(gateway: Gateway) -> None:
    await say(gateway.database)
    await deliver(gateway.database, Split())
    await gateway.take(status("failed", external_id="id-1", cause="later", reason="guasto"))
    await gateway.take(status("read", external_id="id-2"))
    row = await state(gateway.database)
    assert (row.state, row.cause, row.reason) == ("failed", "later", "guasto")


@pytest.mark.parametrize(
    ("failure", "expected"),
    [(UnknownOutcome("timed out"), "unknown"), (PermanentFailure("refused"), "failed")],
)
async def test_a_part_that_arrived_does_not_speak_for_one_of_which_nothing_is_known(
    gateway: Gateway, failure: Exception, expected: str
) -> None:
    key = await say(gateway.database)
    await gateway.take(status("sent", key=key))
    await deliver(gateway.database, Split(failure))
    await gateway.take(status("read", key=key))
    assert (await state(gateway.database)).state == expected
    await gateway.take(status("delivered", key=key, external_id="id-2"))
    assert (await state(gateway.database)).state == "delivered"


async def test_a_watermark_does_not_lift_what_may_never_have_left(gateway: Gateway) -> None:
    await say(gateway.database)
    await deliver(gateway.database, Post(UnknownOutcome("timed out")))
    await gateway.take(
        Status(channel="post", state="read", address="anna", up_to=datetime.now(UTC))
    )
    assert (await state(gateway.database)).state == "unknown"


async def test_a_watermark_reads_all_parts(gateway: Gateway) -> None:
    await say(gateway.database)
    await deliver(gateway.database, Split())
    seen = Status(channel="post", state="read", address="anna", up_to=datetime.now(UTC))
    await gateway.take(seen)
    assert (await state(gateway.database)).state == "read"


async def test_an_alias_is_no_part_that_would_have_to_arrive(gateway: Gateway) -> None:
    await say(gateway.database)
    await deliver(gateway.database, Post())
    await gateway.take(status("sent", alias="opec1@pec"))
    await gateway.take(status("delivered"))
    assert (await state(gateway.database)).state == "delivered"


async def test_a_partners_second_id_of_a_message_speaks_of_it_too(gateway: Gateway) -> None:
    key = await say(gateway.database)
    await deliver(gateway.database, Post())
    await gateway.take(status("delivered", key=key, external_id="of-the-network"))
    assert (await state(gateway.database)).state == "delivered"
