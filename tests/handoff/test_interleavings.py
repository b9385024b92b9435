"""Whatever order webhooks come in, and however often: the conversation ends the same."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from handoff import conversations
from handoff.channel import Channel, Echo, Event, Inbound, Oddity, Outbound, Receipt, Status
from handoff.db import Database
from handoff.delivery import Delivery
from handoff.gateway import Gateway, PrivacyNotice
from handoff.knowledge import Knowledge
from handoff.outbox import claim
from handoff.safety import Safety
from handoff.settings import ROOT
from handoff.tables import Inbox, Message, Outbox

CHANNEL = "post"
NUMBERS = count(1)


class Post(Channel):
    name = CHANNEL

    async def send(self, message: Outbound) -> Receipt:
        return Receipt((f"sent-{message.key}",))


@pytest.fixture
def gateway(database: Database) -> Gateway:
    notice = PrivacyNotice("https://example.it/privacy", "1")
    knowledge = Knowledge.load(ROOT / "data")
    return Gateway(database, knowledge, Safety.load(ROOT / "data"), privacy=notice)


def webhooks(address: str, key: str) -> list[Event]:
    """Three messages of a citizen, and all that a provider tells about one of ours."""
    ours = f"sent-{key}"
    return [
        *(
            Inbound(
                channel=CHANNEL, external_id=f"{address}-{n}", address=address, text=f"riga {n}"
            )
            for n in range(3)
        ),
        *(
            Status(channel=CHANNEL, state=state, external_id=ours, key=key)  # type: ignore[arg-type]
            for state in ("sent", "delivered", "read")
        ),
        Echo(channel=CHANNEL, external_id=ours, address=address, text="Buongiorno", key=key),
        Oddity(channel=CHANNEL, external_id=f"{address}-odd", kind="poll", body="{}"),
    ]


async def greet(database: Database, address: str) -> str:
    async with database.begin() as session:
        conversation, _ = await conversations.find_or_add(
            session, channel=CHANNEL, address=address, pulled=False
        )
        conversation.notice = "1"
        said = await conversations.say(session, conversation, author="bot", text="Buongiorno")
        return said.id


async def deliver(database: Database) -> None:
    async with database.begin() as session:
        jobs = await claim(session, owner="host:1:a", limit=10)
    for job in jobs:
        await Delivery(database, {CHANNEL: Post()}).deliver(job)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    order=st.lists(st.integers(0, 7), max_size=12).flatmap(
        lambda again: st.permutations([*range(8), *again])
    ),
    sent_after=st.integers(0, 8),
)
async def test_any_interleaving_ends_in_the_same_conversation(
    gateway: Gateway, order: list[int], sent_after: int
) -> None:
    address = f"anna-{next(NUMBERS)}"
    key = await greet(gateway.database, address)
    events = webhooks(address, key)
    for number, which in enumerate(order):
        if number == sent_after:  # our own answer to the provider comes somewhere in between
            await deliver(gateway.database)
        await gateway.take(events[which])
    await deliver(gateway.database)
    assert await outcome(gateway.database, address) == (
        ["Buongiorno", "riga 0", "riga 1", "riga 2"],
        [1, 2, 3, 4],
        3,
        "read",
        "bot",
    )


async def outcome(database: Database, address: str) -> tuple[object, ...]:
    async with database.read() as session:
        conversation, _ = await conversations.find_or_add(
            session, channel=CHANNEL, address=address, pulled=False
        )
        here = Message.conversation_id == conversation.id
        said = list(await session.scalars(select(Message).where(here)))
        received = await session.scalar(
            select(func.count()).where(Inbox.conversation_id == conversation.id)
        )
        state = await session.scalar(
            select(Outbox.state).where(Outbox.conversation_id == conversation.id)
        )
    return (
        sorted(message.text for message in said),
        sorted(message.seq for message in said),
        received,
        state,
        conversation.holder,
    )
