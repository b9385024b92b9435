"""A bare number after numbered choices."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select, update

from handoff import conversations
from handoff.channel import Button, Channel, Inbound, Outbound
from handoff.channels.bridge import Bridge
from handoff.channels.telegram import Telegram
from handoff.channels.whatsapp.bodies import are_numbered
from handoff.db import Database
from handoff.gateway import Gateway, PrivacyNotice
from handoff.knowledge import Knowledge
from handoff.safety import Safety
from handoff.settings import ROOT
from handoff.tables import Conversation, Message, Outbox
from tests.handoff.post import Post

CHOICES = ("Parcheggio", "Orari", "Una persona")
SCORES = ("5", "4", "3", "2", "1")


class Numbering(Post):
    def numbers_choices(self, message: Outbound) -> bool:
        return bool(message.buttons)


def door(database: Database, channel: Channel | None = None) -> Gateway:
    """Without workers: nothing answers but what is said at once."""
    notice = PrivacyNotice("https://example.it/privacy", "1")
    knowledge, safety = Knowledge.load(ROOT / "data"), Safety.load(ROOT / "data")
    channels = {"post": channel or Numbering()}
    return Gateway(database, knowledge, safety, privacy=notice, channels=channels)


async def offer(
    database: Database, titles: Sequence[str] = CHOICES, *, state: str = "sent"
) -> None:
    """The bot's last words, with their buttons, as far on their way as `state` says."""
    async with database.begin() as session:
        conversation, _ = await conversations.find_or_add(
            session, channel="post", address="anna", pulled=False
        )
        conversation.notice = "1"
        buttons = [Button(title=title, payload=f"p:{title}") for title in titles]
        await conversations.say(
            session, conversation, author="bot", text="Che cosa cerca?", buttons=buttons
        )
    async with database.begin() as session:
        await session.execute(update(Outbox).values(state=state))


async def heard(gateway: Gateway, text: str, *, number: int = 1) -> tuple[str, str | None]:
    """The text and the payload that are stored of what the citizen wrote."""
    await gateway.receive(
        Inbound(channel="post", external_id=f"m{number}", address="anna", text=text)
    )
    async with gateway.database.read() as session:
        last = (await session.scalars(select(Message).order_by(Message.seq.desc()))).first()
    assert last
    return last.text, last.payload


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("1", "p:Parcheggio"),
        (" 2. ", "p:Orari"),
        ("3)", "p:Una persona"),
        ("Uno", "p:Parcheggio"),
        ("due.", "p:Orari"),
    ],
)
async def test_a_number_in_range_is_the_choice_that_it_stands_before(
    database: Database, text: str, payload: str
) -> None:
    await offer(database)
    assert await heard(door(database), text) == (text, payload)


@pytest.mark.parametrize(
    "text", ["0", "4", "-1", "1 e 2", "il 1", "1 visita", "²", "11", "quattro", "1.5", ""]
)
async def test_anything_else_stays_what_it_is(database: Database, text: str) -> None:
    await offer(database)
    assert await heard(door(database), text) == (text, None)


async def test_a_number_after_other_words_stays_text(database: Database) -> None:
    await offer(database)
    gateway = door(database)
    assert await heard(gateway, "buongiorno") == ("buongiorno", None)
    assert await heard(gateway, "1", number=2) == ("1", None)


async def test_a_number_answers_only_what_was_said_last(database: Database) -> None:
    await offer(database)
    await offer(database, ())
    assert await heard(door(database), "1") == ("1", None)


@pytest.mark.parametrize("state", ["ready", "failed", "withheld"])
async def test_choices_that_nobody_read_are_not_chosen_from(
    database: Database, state: str
) -> None:
    await offer(database, state=state)
    assert await heard(door(database), "1") == ("1", None)


async def test_a_number_written_to_a_person_stays_text(database: Database) -> None:
    await offer(database)
    async with database.begin() as session:
        await session.execute(update(Conversation).values(holder="operator"))
    assert await heard(door(database), "1") == ("1", None)


async def test_where_buttons_are_pressed_a_number_stays_text(database: Database) -> None:
    await offer(database)
    assert await heard(door(database, Post()), "1") == ("1", None)


async def test_a_title_that_is_a_number_comes_before_a_place_in_the_list(
    database: Database,
) -> None:
    await offer(database, SCORES)
    assert await heard(door(database), "5") == ("5", "p:5")


async def test_titles_that_are_numbers_are_chosen_from_on_every_channel(
    database: Database,
) -> None:
    await offer(database, SCORES)
    gateway = door(database, Post())
    assert await heard(gateway, "2.") == ("2.", "p:2")
    assert await heard(gateway, "2", number=2) == ("2", None)


def test_channels_say_whether_their_citizens_read_numbers() -> None:
    many = tuple(Button(title=f"Voce {n}", payload=f"p{n}") for n in range(11))
    assert (are_numbered(many[:10]), are_numbered(many)) == (False, True)
    asked = Outbound(key="1", address="a", text="Che cosa?", buttons=many)
    assert Bridge.numbers_choices(None, asked)
    assert not Telegram.numbers_choices(None, asked)
