"""Faults 13, 14 and 43: the provider is flooded, broken, or no longer knows our token."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from handoff import conversations, outbox
from handoff.channel import Channel, DeliveryError, TemporaryFailure, TokenRefused
from handoff.channel_watch import ChannelWatch
from handoff.db import Database, now
from handoff.delivery import Delivery
from handoff.tables import ChannelState, Outbox, Ticket, present
from tests.handoff.post import OpenPost

REFUSED = "il provider rifiuta il token"


async def write_to(database: Database, *addresses: str) -> None:
    for address in addresses:
        async with database.begin() as session:
            conversation, _ = await conversations.find_or_add(
                session, channel="post", address=address, pulled=False
            )
            await conversations.say(session, conversation, author="bot", text="Buongiorno")


async def deliver(database: Database, channel: Channel) -> None:
    async with database.begin() as session:
        await session.execute(update(Outbox).values(due=0.0))
        jobs = await outbox.claim(session, owner="host:1:a", limit=9)
    for job in jobs:
        await Delivery(database, {"post": channel}).deliver(job)


async def rows(database: Database) -> list[Outbox]:
    async with database.read() as session:
        return list(await session.scalars(select(Outbox).order_by(Outbox.id)))


async def test_fault_13_a_flooded_chat_waits_as_long_as_asked_and_all_others_go_on(
    database: Database,
) -> None:
    await write_to(database, "anna", "bruno", "carla")
    await deliver(database, OpenPost(TemporaryFailure("429", retry_after=timedelta(seconds=37))))
    anna, *others = await rows(database)
    assert [row.state for row in (anna, *others)] == ["ready", "sent", "sent"]
    async with database.read() as session:
        clock = await session.scalar(select(now())) or 0.0
    assert clock + 37 - 5 < anna.due <= clock + 37


@given(st.integers(1, 60))
def test_fault_14_pauses_grow_with_jitter_and_never_beyond_five_minutes(attempts: int) -> None:
    longest = min(outbox.SLOWEST_RETRY, 2.0 ** (attempts - 1))
    assert longest / 2 <= outbox.backoff(attempts) <= longest


async def test_fault_14_what_a_broken_provider_never_took_is_a_persons_after_a_day(
    database: Database,
) -> None:
    await write_to(database, "anna")
    broken = OpenPost(*(TemporaryFailure("HTTP 502") for _ in range(9)))
    for _ in range(3):
        await deliver(database, broken)
    assert [(row.state, row.attempts) for row in await rows(database)] == [("ready", 3)]
    async with database.begin() as session:
        await session.execute(update(Outbox).values(created_at=present() - timedelta(hours=25)))
    await deliver(database, broken)
    assert [(row.state, row.cause) for row in await rows(database)] == [("failed", "late")]
    async with database.read() as session:
        assert len(list(await session.scalars(select(Ticket)))) == 1
    assert len(broken.sent) == 3


class Rotated(OpenPost):
    """Its token was changed at the provider's; a service started anew knows the new one."""

    async def trouble(self) -> str | None:
        return REFUSED if self.failures else None


async def test_fault_43_with_a_dead_token_it_is_told_and_with_the_new_one_all_goes_out_once(
    database: Database,
) -> None:
    await write_to(database, "anna", "bruno")
    refusals: list[DeliveryError] = [TokenRefused(REFUSED) for _ in range(9)]
    old, new = Rotated(*refusals), Rotated()
    for _ in range(3):
        await deliver(database, old)
    assert [row.state for row in await rows(database)] == ["ready", "ready"]
    assert await trouble(database, old) == REFUSED
    for _ in range(2):
        await deliver(database, new)
    assert [row.state for row in await rows(database)] == ["sent", "sent"]
    assert sorted(message.address for message in new.sent) == ["anna", "bruno"]
    assert await trouble(database, new) is None


async def trouble(database: Database, channel: Channel) -> str | None:
    """What the panel and /readyz tell of the channel."""
    await ChannelWatch(database, {"post": channel}).look()
    async with database.read() as session:
        return (await session.get_one(ChannelState, "post")).trouble
