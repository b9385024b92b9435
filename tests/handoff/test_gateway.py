"""The one door in."""

import asyncio

import pytest
from fastapi import FastAPI

from handoff.channel import NotOffered
from handoff.gateway import Gateway
from handoff.tables import Ticket
from tests.fake_bot import FakeBot
from tests.handoff.talk import Citizen, answers

HEART = "mi fa male il petto e non respiro"


async def test_a_question_gets_one_final_answer_with_its_topic(citizen: Citizen) -> None:
    heard = await citizen.hears("dove posso parcheggiare?")
    assert [(m.author, m.topic, m.final) for m in heard] == [("bot", "parcheggio", True)]


async def test_the_legal_notice_comes_first(citizen: Citizen) -> None:
    await citizen.hears("dove posso parcheggiare?")
    assert (await citizen.everything())[0].topic == "avviso"


async def test_numbers_have_no_gaps(citizen: Citizen) -> None:
    for _ in range(3):
        await citizen.hears("parcheggio")
    assert [message.seq for message in await citizen.everything()] == list(range(1, 8))


async def test_the_same_message_twice_is_one_message(citizen: Citizen) -> None:
    first = await citizen.says("parcheggio")
    again = Citizen(citizen.gateway)
    second = await again.says("parcheggio")
    assert (second.message_id, second.duplicate) == (first.message_id, True)
    await answers(citizen.gateway.database, first)
    assert len(await citizen.everything()) == 3


async def test_the_same_message_twice_at_once_is_one_message(gateway: Gateway) -> None:
    received = await asyncio.gather(*(Citizen(gateway).says("parcheggio") for _ in range(8)))
    assert len({one.message_id for one in received}) == 1
    assert sum(not one.duplicate for one in received) == 1


async def test_a_payload_that_was_never_offered_is_refused_and_not_stored(
    citizen: Citizen, fake_bot: FakeBot
) -> None:
    await citizen.hears("parcheggio")
    with pytest.raises(NotOffered):
        await Citizen(citizen.gateway, address="bruno").says(payload="rimborso_ticket")
    assert len(fake_bot.asked) == 1


async def test_an_offered_choice_can_be_pressed(citizen: Citizen) -> None:
    offer = (await citizen.hears("forse"))[0]
    assert offer.topic == "scelta"
    assert [button["payload"] for button in offer.buttons] == [
        "parcheggio",
        "come_arrivare",
        "parla_con_operatore",
    ]
    assert (await citizen.hears(payload="parcheggio"))[0].topic == "parcheggio"


async def test_an_emergency_is_answered_before_receive_returns(
    citizen: Citizen, fake_bot: FakeBot
) -> None:
    fake_bot.fault = "broken"
    received = await citizen.says(HEART)
    answer = (await citizen.everything())[-1]
    assert (answer.reply_to, answer.author, answer.topic, answer.final) == (
        received.message_id,
        "bot",
        "emergenza",
        True,
    )
    assert "112" in answer.text
    assert (await citizen.conversation()).holder == "queue"
    assert fake_bot.asked == []


async def test_an_emergency_opens_a_ticket_that_comes_first(citizen: Citizen) -> None:
    await citizen.says(HEART)
    ticket_id = (await citizen.conversation()).ticket_id
    async with citizen.gateway.database.read() as session:
        ticket = await session.get_one(Ticket, ticket_id)
    assert (ticket.kind, ticket.priority, ticket.message_id) == (
        "emergenza",
        0,
        citizen.last and citizen.last.message_id,
    )


async def test_an_emergency_overtakes_a_message_stuck_in_a_hanging_bot(
    citizen: Citizen, fake_bot: FakeBot
) -> None:
    fake_bot.fault = "hang"
    stuck = await citizen.says("dove posso parcheggiare?")
    await citizen.says(HEART)
    assert (await citizen.everything())[-1].topic == "emergenza"
    fake_bot.unhang.set()
    late = await answers(citizen.gateway.database, stuck)
    assert [message.topic for message in late] == ["in_coda"]  # the bot's late answer is dropped


async def test_an_emergency_while_a_person_holds_the_word_raises_their_ticket(
    citizen: Citizen,
) -> None:
    await citizen.hears("voglio una persona")
    before = (await citizen.conversation()).ticket_id
    await citizen.says(HEART)
    conversation = await citizen.conversation()
    async with citizen.gateway.database.read() as session:
        ticket = await session.get_one(Ticket, conversation.ticket_id)
    assert (ticket.id, ticket.kind, ticket.priority) == (before, "emergenza", 0)
    assert ticket.fields["emergenza"] == HEART


@pytest.mark.parametrize(
    "text",
    [
        "😀😀😀",
        "a\x00b",
        "\u202eoicrap",
        "/restart",
        '/parcheggio{"a": 1}',
        "<script>alert(1)</script>",
        "\ud83d",
        "a" * 4000,
    ],
)
async def test_odd_text_is_kept_and_gets_an_answer(
    citizen: Citizen, text: str, app: FastAPI
) -> None:
    heard = await citizen.hears(text)
    assert heard[-1].final
    assert app.state.crew.fallen == []


async def test_a_tax_code_or_a_bank_account_is_not_kept_and_the_citizen_is_told(
    citizen: Citizen, fake_bot: FakeBot
) -> None:
    await citizen.hears("dove parcheggio? RSSMRA85T10A562S, IBAN IT60X0542811101000000123456")
    said = await citizen.everything()
    assert [m.text for m in said if m.author == "citizen"] == [
        "dove parcheggio? [codice fiscale], IBAN [conto]"
    ]
    assert [m.topic for m in said][-2:] == ["codici_nascosti", "parcheggio"]
    assert "RSSMRA" not in str(fake_bot.asked)


async def test_an_emergency_is_seen_beside_a_tax_code(citizen: Citizen) -> None:
    await citizen.hears("mio padre RSSMRA85T10A562S non respira")
    topics = [message.topic for message in await citizen.everything()]
    assert topics[-2:] == ["emergenza", "codici_nascosti"]  # what may save a life comes first
