"""What does not leave: courtesies where a message weighs, machines' words where persons write."""

from typing import ClassVar

import pytest

from handoff import conversations
from handoff.channel import Channel, Outbound, Receipt
from handoff.channels.email import Email
from handoff.channels.pec import Pec
from handoff.channels.x import X
from handoff.db import Database
from handoff.delivery import Delivery
from handoff.outbox import claim
from handoff.tables import Outbox


class Terse(Channel):
    name = "post"
    is_terse: ClassVar[bool] = True

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(self, message: Outbound) -> Receipt:
        self.sent.append(message.text)
        return Receipt(("id-1",))


class OnlyPersons(Terse):
    answers_alone = False
    is_terse = False


async def sent(database: Database, channel: Terse, *, author: str, topic: str | None) -> Outbox:
    """How the sending of one message ended."""
    async with database.begin() as session:
        conversation, _ = await conversations.find_or_add(
            session, channel="post", address="anna", pulled=False
        )
        await conversations.say(session, conversation, author=author, text="uno", topic=topic)
    async with database.begin() as session:
        [job] = await claim(session, owner="host:1:a")
    await Delivery(database, {"post": channel}).deliver(job)
    async with database.read() as session:
        return await session.get_one(Outbox, job.id)


@pytest.mark.parametrize(
    ("author", "topic", "leaves"),
    [
        ("system", "presa_in_carico", False),  # the reply that follows tells as much
        ("system", "chiusura", True),
        ("bot", "parcheggio", True),
        ("operator", None, True),
    ],
)
async def test_where_a_message_weighs_mere_courtesies_stay_here(
    database: Database, author: str, topic: str | None, leaves: bool
) -> None:
    channel = Terse()
    row = await sent(database, channel, author=author, topic=topic)
    assert (channel.sent != [], row.state) == (leaves, "sent" if leaves else "withheld")


@pytest.mark.parametrize("author", ["bot", "system"])
async def test_where_only_persons_write_nothing_of_a_machine_fails(
    database: Database, author: str
) -> None:
    row = await sent(database, OnlyPersons(), author=author, topic="presa_in_carico")
    assert (row.state, row.cause) == ("withheld", None)
    assert row.reason == "su questo canale scrivono solo persone"


def test_on_pec_only_persons_write_and_on_x_and_by_mail_a_message_weighs() -> None:
    assert not Pec.answers_alone
    assert X.is_terse
    assert Email.is_terse
