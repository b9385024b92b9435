"""A channel called "post", and a message that goes out by it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from handoff import conversations
from handoff.channel import Channel, Outbound, Receipt, Status
from handoff.db import Database
from handoff.delivery import Delivery
from handoff.outbox import claim
from handoff.tables import Outbox, present
from handoff.telemetry import NOBODY, Telemetry


class OpenPost(Channel):
    """Fails as told, then delivers; at any time."""

    name = "post"

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.sent: list[Outbound] = []

    async def send(self, message: Outbound) -> Receipt:
        self.sent.append(message)
        if self.failures:
            raise self.failures.pop(0)
        return Receipt((f"id-{len(self.sent)}",))


class Post(OpenPost):
    """As a provider that wants citizens to have written lately, and tells later what became."""

    window = timedelta(hours=24)
    human_window = timedelta(days=7)
    reports_within = timedelta(seconds=0.05)


async def say(
    database: Database,
    *,
    author: str = "bot",
    silence: timedelta = timedelta(),
    text: str = "uno",
) -> str:
    """One message to a citizen who wrote so long ago; its id, which is its key."""
    async with database.begin() as session:
        conversation, _ = await conversations.find_or_add(
            session, channel="post", address="anna", pulled=False
        )
        conversation.heard_at = present() - silence
        said = await conversations.say(session, conversation, author=author, text=text)
        return said.id


async def deliver(database: Database, post: OpenPost, telemetry: Telemetry = NOBODY) -> Delivery:
    delivery = Delivery(database, {"post": post}, telemetry)
    async with database.begin() as session:
        jobs = await claim(session, owner="host:1:a")
    for job in jobs:
        await delivery.deliver(job)
    return delivery


async def state(database: Database, key: str | None = None) -> Outbox:
    async with database.read() as session:
        wanted = select(Outbox).where(Outbox.message_id == key) if key else select(Outbox)
        found = await session.scalar(wanted)
    assert found
    return found


def status(state: str, **values: Any) -> Status:
    return Status(channel="post", state=state, **({"external_id": "id-1"} | values))
