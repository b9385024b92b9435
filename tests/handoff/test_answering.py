"""What a worker does with a message that it claimed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update

from handoff import inbox
from handoff.app import create_app
from handoff.channel import Inbound
from handoff.settings import Settings
from handoff.tables import Inbox, Operator, Ticket
from handoff.tickets import hand_back, take
from tests.fake_bot import FakeBot
from tests.handoff.machine.stage import WORDS, answer_to
from tests.handoff.machine.world import World
from tests.handoff.talk import Citizen, answers


async def held_by(citizen: Citizen) -> Ticket:
    conversation = await citizen.conversation()
    async with citizen.gateway.database.read() as session:
        return await session.get_one(Ticket, conversation.ticket_id)


async def test_asking_for_a_person_opens_a_ticket_and_names_it(citizen: Citizen) -> None:
    heard = await citizen.hears("voglio parlare con una persona")
    ticket = await held_by(citizen)
    assert ticket.name in heard[-1].text
    assert (ticket.kind, ticket.reason, ticket.state) == ("persona", "richiesta", "open")
    assert (await citizen.conversation()).holder == "queue"


async def test_a_message_in_the_queue_joins_the_ticket_and_is_acknowledged(
    citizen: Citizen, fake_bot: FakeBot
) -> None:
    await citizen.hears("voglio una persona")
    heard = await citizen.hears("è urgente")
    assert [(m.author, m.topic) for m in heard] == [("system", "in_coda")]
    assert len(fake_bot.asked) == 1


@pytest.mark.parametrize("fault", ["broken", "empty", "unknown_words"])
async def test_a_bot_without_a_usable_answer_means_an_honest_sentence_and_a_ticket(
    citizen: Citizen, fake_bot: FakeBot, fault: str
) -> None:
    fake_bot.fault = fault
    heard = await citizen.hears("dove posso parcheggiare?")
    assert [(m.author, m.topic) for m in heard] == [("system", "bot_assente")]
    assert (await held_by(citizen)).kind == "guasto"


async def test_a_bot_that_hangs_is_asked_twice_and_then_a_person_answers(
    citizen: Citizen, fake_bot: FakeBot
) -> None:
    fake_bot.fault = "hang"
    heard = await citizen.hears("dove posso parcheggiare?")
    assert heard[-1].topic == "bot_assente"
    assert len(fake_bot.asked) == 2


async def test_the_bots_late_answer_is_dropped_when_a_person_took_over(
    citizen: Citizen, fake_bot: FakeBot, carla: Operator
) -> None:
    database = citizen.gateway.database
    await citizen.hears("voglio una persona")
    ticket = await held_by(citizen)
    async with database.begin() as session:
        await take(
            session,
            ticket.id,
            version=ticket.version,
            operator=carla,
            knowledge=citizen.gateway.knowledge,
        )
    await citizen.says("e il parcheggio?")
    async with database.bell.listen("inbox") as heard:
        while await unfinished(citizen):
            await heard.wait(0.2)
    assert (await citizen.everything())[-1].author == "citizen"
    assert len(fake_bot.asked) == 1


async def test_after_a_hand_back_the_bot_is_asked_to_start_afresh(
    citizen: Citizen, fake_bot: FakeBot, carla: Operator
) -> None:
    database, knowledge = citizen.gateway.database, citizen.gateway.knowledge
    await citizen.hears("voglio una persona")
    ticket = await held_by(citizen)
    async with database.begin() as session:
        taken = await take(
            session, ticket.id, version=ticket.version, operator=carla, knowledge=knowledge
        )
        await hand_back(
            session, ticket.id, version=taken.version, operator=carla, knowledge=knowledge
        )
    heard = await citizen.hears("dove posso parcheggiare?")
    assert heard[-1].topic == "parcheggio"
    await citizen.hears("dove posso parcheggiare?")
    assert [question["reset"] for question in fake_bot.asked] == [False, True, False]


async def test_a_message_that_kills_its_worker_is_buried_and_the_rest_goes_on(
    settings: Settings, fake_bot: FakeBot
) -> None:
    idle = create_app(settings.model_copy(update={"workers": 0}))
    async with idle.router.lifespan_context(idle):
        citizen, database = Citizen(idle.state.gateway), idle.state.database
        poison = await citizen.says("parcheggio")
        later = await citizen.says("parcheggio")
        async with database.begin() as session:
            await session.execute(
                update(Inbox)
                .where(Inbox.message_id == poison.message_id)
                .values(attempts=inbox.MAX_ATTEMPTS)
            )
        await idle.state.crew.start(idle.state.gateway.receive)
        buried = await answers(database, poison)
        assert [message.topic for message in buried] == ["bot_assente"]
        assert (await answers(database, later))[-1].topic == "in_coda"
        async with database.read() as session:
            states = dict((await session.execute(select(Inbox.message_id, Inbox.state))).all())
    assert states == {poison.message_id: "dead", later.message_id: "done"}
    assert fake_bot.asked == []


async def test_messages_of_one_conversation_are_answered_in_order(citizen: Citizen) -> None:
    received = [await citizen.says("parcheggio") for _ in range(5)]
    await asyncio.gather(*(answers(citizen.gateway.database, one) for one in received))
    replies = [m.reply_to for m in await citizen.everything() if m.author == "bot"]
    assert replies == [one.message_id for one in received]


async def unfinished(citizen: Citizen) -> bool:
    async with citizen.gateway.database.read() as session:
        found = await session.scalar(select(Inbox.id).where(Inbox.state.in_(("ready", "run"))))
    return found is not None


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    world = World(database_url)
    await world.begin()
    text = WORDS["parcheggio"]
    await world.receive(Inbound(channel="page", external_id="1", address="anna", text=text))
    yield world
    await world.close()


async def test_an_answer_whose_commit_nobody_heard_of_is_not_given_again(world: World) -> None:
    work = await world.claim("inbox")
    assert work
    await world.see_to(work)
    world.workers_database.unheard = 1
    await world.let(work, answer_to(work.job.message.text))
    await world.pass_time(60.0)
    assert await world.claim("inbox") is None


async def test_what_another_answered_meanwhile_is_not_handed_on(world: World) -> None:
    slow = await world.claim("inbox")
    assert slow
    await world.pass_time(61.0)
    quick = await world.claim("inbox")
    assert quick
    async with world.database.begin() as session:
        assert await inbox.finish(session, quick.job)
        await inbox.again(session, slow.job)
    assert await world.claim("inbox") is None
