"""Faults 4, 5, 7, 24, 25, 35 and 37: messages twice, late, at once, huge or malformed."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from handoff.channel import Attachment, Inbound
from handoff.gateway import Gateway
from handoff.hearing import CUT, LONGEST_TEXT
from handoff.privacy import SURELY
from handoff.tables import Conversation, Inbox, Message, Ticket
from tests.fake_bot import FakeBot
from tests.handoff.browser import ROOT, open_browser
from tests.handoff.talk import Citizen, answers
from tests.handoff.test_privacy import offer
from tests.loopback import Call, Fault, Fields, Loopback

HEART = "mi fa male il petto e non respiro"
ALBUM = 5


async def count(gateway: Gateway, table: type[Any]) -> int:
    async with gateway.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("words", ["voglio parlare con una persona", HEART])
async def test_fault_04_a_duplicate_is_one_message_and_one_ticket(
    gateway: Gateway, words: str
) -> None:
    received = await asyncio.gather(*(Citizen(gateway).says(words) for _ in range(4)))
    await answers(gateway.database, received[0])
    late = await Citizen(gateway).says(words)
    assert {one.message_id for one in received} == {late.message_id}
    assert [await count(gateway, table) for table in (Inbox, Ticket)] == [1, 1]


async def test_fault_05_what_is_played_again_changes_nothing_even_after_erasure(
    gateway: Gateway,
) -> None:
    citizen = Citizen(gateway)
    first = await citizen.says("dove posso parcheggiare?")
    await answers(gateway.database, first)
    await offer(citizen, SURELY)
    await citizen.hears(payload=SURELY)
    before = await count(gateway, Message)
    again = await Citizen(gateway).says("dove posso parcheggiare?")
    assert (again.message_id, again.duplicate) == (first.message_id, True)
    assert await count(gateway, Message) == before


async def test_fault_07_an_album_that_comes_at_once_is_one_conversation_in_order(
    gateway: Gateway,
) -> None:
    photos = [
        Inbound(
            channel="post",
            external_id=f"foto-{number}",
            address="anna",
            group="album-1",
            attachments=(Attachment(kind="image", name=f"{number}.jpg", reference="abc"),),
        )
        for number in range(ALBUM)
    ]
    received = await asyncio.gather(*(gateway.receive(photo) for photo in photos))
    assert len({one.conversation_id for one in received}) == 1
    numbers = sorted(one.seq for one in received)
    assert numbers[-1] - numbers[0] == ALBUM - 1 + await _said_between(gateway, numbers)


async def _said_between(gateway: Gateway, numbers: list[int]) -> int:
    """Ours may come in between; of the numbers none is missing and none is given twice."""
    async with gateway.database.read() as session:
        given = list(await session.scalars(select(Message.seq).order_by(Message.seq)))
    assert given == list(range(1, len(given) + 1))
    return sum(numbers[0] < one < numbers[-1] and one not in numbers for one in given)


async def test_fault_24_a_letter_without_end_is_cut_and_understood_by_its_beginning(
    gateway: Gateway, fake_bot: FakeBot, app: FastAPI
) -> None:
    citizen = Citizen(gateway)
    heard = await citizen.hears("dove posso parcheggiare? " + "😀" * 100_000)
    assert heard[-1].topic == "parcheggio"
    [letter] = [said for said in await citizen.everything() if said.author == "citizen"]
    assert letter.text.endswith(CUT)
    assert len(letter.text) == LONGEST_TEXT + len(CUT)
    assert len(fake_bot.asked[-1]["text"]) <= 4_000
    assert app.state.crew.fallen == []


async def test_fault_24_an_emergency_at_the_end_of_a_letter_without_end_is_seen(
    gateway: Gateway,
) -> None:
    citizen = Citizen(gateway)
    await citizen.says("Buongiorno. " * 10_000 + HEART)
    assert (await citizen.everything())[-1].topic == "emergenza"


HOSTILE = "\x00\ud83d\u202e\u2066" + "z\u0334\u0353\u0300" * 100 + "😀" * 1_000


async def test_fault_25_no_part_of_a_message_is_too_odd_to_be_stored(
    gateway: Gateway, app: FastAPI
) -> None:
    """Some channel may pass on whatever it got; what cannot be stored comes again for ever."""
    file = Attachment(kind="file", name=HOSTILE, media_type=HOSTILE, reference=HOSTILE)
    odd = Inbound(
        channel="post",
        external_id="x" * 900,
        address="anna" * 100,
        text=HOSTILE,
        name=HOSTILE,
        subject=HOSTILE,
        unsupported=HOSTILE,
        group=HOSTILE,
        attachments=(file,),
        particulars={HOSTILE: HOSTILE},
        thread=HOSTILE,
        answers_to=(HOSTILE,),
        edits=HOSTILE,
    )
    first, again = await gateway.receive(odd), await gateway.receive(odd)
    assert (again.message_id, again.duplicate) == (first.message_id, True)
    async with gateway.database.read() as session:
        message = await session.get_one(Message, first.message_id)
        conversation = await session.get_one(Conversation, first.conversation_id)
    told = json.dumps([message.text, message.trace, message.attachments, conversation.name])
    assert "\\u0000" not in told
    assert "\\ud83d\\u202e" not in told
    assert app.state.crew.fallen == []


async def test_fault_35_who_floods_delays_nobody_else(gateway: Gateway, fake_bot: FakeBot) -> None:
    fake_bot.delay = 0.2
    flooding = Citizen(gateway, address="molesto", channel="post")
    for _ in range(15):
        await flooding.says("parcheggio")
    other = Citizen(gateway, address="anna", channel="post")
    heard = await other.hears("dove posso parcheggiare?")
    assert heard[-1].topic == "parcheggio"
    assert len(fake_bot.asked) < 15


@pytest.fixture
def bait() -> Iterator[tuple[str, list[Call]]]:
    """An address of a citizen's, and who called it."""
    calls: list[Call] = []

    def hear(call: Call) -> Fields:
        calls.append(call)
        return {}

    def refuse(_: Fault) -> Fields:
        return {}

    with Loopback(hear, refuse) as server:
        yield server.url, calls


async def test_fault_37_no_address_of_a_citizen_is_ever_called(
    client: httpx.AsyncClient, gateway: Gateway, bait: tuple[str, list[Call]]
) -> None:
    url, calls = bait
    browser = await open_browser(client)
    await browser.asks(text=f"guardi {url}/foto.png e ![x]({url}/y.png) <img src={url}/z.png>")
    photo = Attachment(kind="image", name=f"{url}/a.png", reference=f"{url}/a.png")
    said = await Citizen(gateway, channel="webchat").says(url, files=(photo,))
    await answers(gateway.database, said)
    body = {"client_message_id": str(uuid4()), "text": "parcheggio", "callback": url}
    await client.post(f"{ROOT}/messages", json=body, headers=browser.headers)
    assert calls == []
