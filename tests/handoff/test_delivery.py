"""What goes out through a channel that has to be called."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from handoff import conversations, outbox
from handoff.channel import (
    Channel,
    Outbound,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    UnknownOutcome,
)
from handoff.crew import Crew, is_dead
from handoff.db import Database
from handoff.delivery import Delivery
from handoff.knowledge import Knowledge
from handoff.leases import LEASE, SEND_WITHIN
from handoff.tables import Attempt, Conversation, Message, Outbox, Ticket
from tests.handoff.machine.world import Frail
from tests.handoff.post import OpenPost


class Nobody:
    async def answer(self, job: object) -> None:
        raise AssertionError("nothing came in")


async def say(database: Database, *texts: str) -> list[Message]:
    async with database.begin() as session:
        conversation, _ = await conversations.find_or_add(
            session, channel="post", address="anna", pulled=False
        )
        return [
            await conversations.say(session, conversation, author="bot", text=text)
            for text in texts
        ]


async def at_work(database: Database, channel: Channel) -> AsyncIterator[Crew]:
    crew = Crew(database, Nobody(), Delivery(database, {"post": channel}), Knowledge(), slots=4)  # type: ignore[arg-type]
    await crew.start(lambda inbound: None)  # type: ignore[arg-type, return-value]
    try:
        yield crew
    finally:
        await crew.stop()


async def until(database: Database, *states: str) -> list[Outbox]:
    """The outbox, once every row is in one of these states."""
    async with asyncio.timeout(10), database.bell.listen("outbox") as heard:
        while True:
            async with database.read() as session:
                rows = list(await session.scalars(select(Outbox).order_by(Outbox.id)))
            if rows and all(row.state in states for row in rows):
                return rows
            await heard.wait(0.1)


async def test_messages_leave_in_order_and_once(database: Database) -> None:
    post = OpenPost()
    await say(database, "uno", "due", "tre")
    async for _ in at_work(database, post):
        rows = await until(database, "sent")
    assert [message.text for message in post.sent] == ["uno", "due", "tre"]
    assert [row.external_id for row in rows] == ["id-1", "id-2", "id-3"]


async def test_what_hangs_is_cut_off_before_another_worker_may_begin_with_the_next(
    database: Database,
) -> None:
    class Hanging(OpenPost):
        async def send(self, message: Outbound) -> Receipt:
            await asyncio.Event().wait()
            raise AssertionError

    assert SEND_WITHIN < LEASE
    await say(database, "uno")
    async with database.begin() as session:
        [job] = await outbox.claim(session, owner="a", limit=1)
    await Delivery(database, {"post": Hanging()}, send_within=0.2).deliver(job)
    [row] = await until(database, "unknown")
    assert row.reason == "il servizio non ha risposto in tempo"


async def test_who_stood_still_until_another_may_have_the_job_does_not_send_it(
    database: Database,
) -> None:
    await say(database, "uno", "due")
    async with database.begin() as session:
        [stopped] = await outbox.claim(session, owner="stopped")
        await session.execute(update(Outbox).values(lease_until=0.0))
    post = OpenPost()
    late = replace(stopped, claimed_at=stopped.claimed_at - LEASE)
    await Delivery(database, {"post": post}).deliver(late)
    assert post.sent == []
    async for _ in at_work(database, post):
        await until(database, "sent")
    assert [message.text for message in post.sent] == ["uno", "due"]


async def test_a_temporary_failure_waits_as_long_as_the_provider_asks(
    database: Database,
) -> None:
    post = OpenPost(TemporaryFailure("429", retry_after=timedelta(seconds=0.3)))
    await say(database, "uno")
    async for _ in at_work(database, post):
        rows = await until(database, "sent")
    assert (rows[0].attempts, len(post.sent)) == (2, 2)
    assert post.sent[0].key == post.sent[1].key
    async with database.read() as session:
        attempts = list(await session.scalars(select(Attempt.result).order_by(Attempt.number)))
    assert attempts == ["ready", "sent"]


async def test_a_blocked_citizen_is_a_failure_with_its_reason(database: Database) -> None:
    await say(database, "uno", "due")
    async for _ in at_work(database, OpenPost(PermanentFailure("blocked by the user"))):
        rows = await until(database, "sent", "failed")
    assert [(row.state, row.reason) for row in rows] == [
        ("failed", "blocked by the user"),
        ("sent", None),
    ]


async def test_an_unknown_outcome_is_not_sent_again_but_becomes_a_persons_choice(
    database: Database,
) -> None:
    post = OpenPost(UnknownOutcome("timed out"))
    await say(database, "uno")
    async for _ in at_work(database, post):
        rows = await until(database, "unknown")
    assert (rows[0].state, len(post.sent)) == ("unknown", 1)
    async with database.read() as session:
        ticket = await session.scalar(select(Ticket))
    assert ticket
    assert (ticket.kind, ticket.reason) == ("consegna", "non_consegnata")
    async with database.read() as session:
        conversation = await session.get_one(Conversation, ticket.conversation_id)
    assert conversation.holder == "bot"  # the citizen still waits for nobody


async def test_an_unknown_outcome_is_sent_again_where_repeats_are_recognised(
    database: Database,
) -> None:
    post = OpenPost(UnknownOutcome("timed out"))
    post.recognises_repeats = True  # type: ignore[misc]
    await say(database, "uno")
    async for _ in at_work(database, post):
        await until(database, "sent")
    assert len(post.sent) == 2


async def test_a_worker_that_died_while_sending_leaves_an_unknown_outcome(
    database: Database,
) -> None:
    post = OpenPost()
    [message] = await say(database, "uno")
    async with database.begin() as session:
        row = await session.scalar(select(Outbox))
        assert row
        session.add(Attempt(outbox_id=row.id, number=1))
        await session.execute(update(Outbox).values(state="run", attempts=1, lease_until=0.0))
    async for _ in at_work(database, post):
        rows = await until(database, "unknown")
    assert post.sent == []
    assert rows[0].message_id == message.id


@pytest.mark.parametrize(
    ("transactions", "state"),
    [
        pytest.param(1, "sent", id="for-a-moment"),
        pytest.param(3, "unknown", id="until-it-is-put-back"),
        pytest.param(4, "unknown", id="until-the-lease-ran-out"),
    ],
)
async def test_what_the_provider_took_is_not_sent_again_because_the_database_was_away(
    database_url: str, transactions: int, state: str
) -> None:
    frail, post = Frail(database_url), OpenPost()
    crew = Crew(frail, Nobody(), Delivery(frail, {"post": post}), Knowledge(), slots=1)  # type: ignore[arg-type]
    await say(frail, "uno")
    for away in (transactions, 0):
        async with frail.begin() as session:
            await session.execute(update(Outbox).values(due=0.0, lease_until=0.0))
            jobs = await outbox.claim(session, owner=crew.owner)
        frail.away = away
        for job in jobs:
            await crew.deliverers.see_to(job)
    async with frail.read() as session:
        assert await session.scalar(select(Outbox.state)) == state
    assert len(post.sent) == 1
    await frail.close()


async def test_a_worker_that_lost_its_lease_does_not_end_the_attempt_of_the_next(
    database: Database,
) -> None:
    await say(database, "uno")
    async with database.begin() as session:
        [slow] = await outbox.claim(session, owner="host:1:slow")
        await session.execute(update(Outbox).values(lease_until=0.0))
        [next_one] = await outbox.claim(session, owner="host:1:next")
        await outbox.later(session, slow, reason="429", retry_after=None)
        ended = await session.scalars(select(Attempt.result).order_by(Attempt.number))
        assert list(ended) == ["ready", None]
    assert next_one.interrupted


@pytest.mark.parametrize(
    ("owner", "dead"),
    [
        ("here:1:a", False),  # process 1 always lives
        ("here:4194305:a", True),  # beyond the largest process number
        ("there:4194305:a", False),
        ("here:77:earlier", True),  # our own number, of an earlier life
        ("here:77:me", False),
    ],
)
def test_only_leases_of_this_machines_dead_are_taken_back(owner: str, dead: bool) -> None:
    assert is_dead(owner, "here:77:me") is dead
