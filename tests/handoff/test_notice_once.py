"""Where each message weighs the legal notice comes with the first answer, and is never lost."""

import asyncio
from collections.abc import Callable

from fastapi import FastAPI
from sqlalchemy import select

from handoff import conversations, inbox, patience
from handoff.tables import Conversation, Inbox, Message
from tests.fake_bot import FakeBot
from tests.handoff.talk import Citizen, answers

HEART = "mi fa male il petto e non respiro"


def words(app: FastAPI, key: str = "avviso") -> str:
    url = app.state.settings.privacy_url
    return str(app.state.knowledge.wording(key, {"privacy_url": url}).text)


async def said(citizen: Citizen) -> list[Message]:
    return [each for each in await citizen.everything() if each.author != "citizen"]


async def hold(citizen: Citizen, holder: str) -> None:
    """As if a person took or gave back the word."""
    async with citizen.gateway.database.begin() as session:
        here = await conversations.lock(session, (await citizen.conversation()).id)
        conversations.pass_to(session, here, holder, ticket_id=None)


async def test_the_first_answer_brings_it_and_the_second_does_not(
    app: FastAPI, mail: Citizen
) -> None:
    [first] = await mail.hears("dove posso parcheggiare?")
    answer = app.state.knowledge.wording("parcheggio")
    assert first.text == f"{words(app)}\n\n{answer.text}"
    assert (first.topic, first.trace["revision"]) == ("parcheggio", answer.revision)
    assert first.trace["notice"]
    [second] = await mail.hears("dove posso parcheggiare?")
    assert second.text == answer.text
    assert len(await said(mail)) == 2


async def test_what_saves_a_life_comes_first_and_alone(app: FastAPI, mail: Citizen) -> None:
    await mail.says(HEART)
    first, second = await said(mail)
    assert (first.topic, second.topic) == ("emergenza", "avviso")
    assert words(app) not in first.text


async def test_a_person_s_answer_does_not_bring_it(app: FastAPI, mail: Citizen) -> None:
    await mail.hears("dove posso parcheggiare?")
    async with mail.gateway.database.begin() as session:
        (await conversations.lock(session, (await mail.conversation()).id)).notice = "0"
    await hold(mail, "operator")
    await mail.says("e domani?")
    assert (await said(mail))[-1].text == words(app, "avviso_nuovo")


async def test_what_nothing_answered_leaves_it_to_the_next(
    app: FastAPI, mail: Citizen, fake_bot: FakeBot
) -> None:
    fake_bot.fault = "hang"
    await mail.says("dove posso parcheggiare?")
    await until(mail, lambda _: fake_bot.asked)
    await hold(mail, "operator")
    fake_bot.unhang.set()
    await until(mail, lambda state: state == "done")
    assert await said(mail) == []
    fake_bot.fault = None
    await hold(mail, "bot")
    [answer] = await mail.hears("dove posso parcheggiare?")
    assert answer.text.startswith(words(app))


async def test_what_asks_for_a_moment_stays_here_and_leaves_it_to_the_answer(
    mail: Citizen, app: FastAPI, fake_bot: FakeBot
) -> None:
    """It is a courtesy, which such a channel does not send: the notice would go with it."""
    fake_bot.fault = "hang"
    received = await mail.says("dove posso parcheggiare?")
    await until(mail, lambda _: fake_bot.asked)
    await patience.ask_for(mail.gateway.database, app.state.knowledge, await held(mail))
    fake_bot.fault = None
    fake_bot.unhang.set()
    moment, answer = await answers(mail.gateway.database, received)
    assert (moment.topic, answer.topic) == (patience.A_MOMENT, "parcheggio")
    assert words(app) not in moment.text
    assert answer.text.startswith(words(app))


async def held(citizen: Citizen) -> inbox.Claimed:
    """The message that came in, as its worker has it."""
    async with citizen.gateway.database.read() as session:
        [row] = await session.scalars(select(Inbox))
        message = await session.get_one(Message, row.message_id)
        here = await session.get_one(Conversation, row.conversation_id)
    return inbox.Claimed(row.id, str(row.owner), row.attempts, row.external_id, message, here)


async def until(citizen: Citizen, is_so: Callable[[str | None], object]) -> None:
    """Of the state of the message that came in."""
    assert citizen.last
    database = citizen.gateway.database
    wanted = select(Inbox.state).where(Inbox.message_id == citizen.last.message_id)
    async with asyncio.timeout(10), database.bell.listen("inbox") as heard:
        while True:
            async with database.read() as session:
                if is_so(await session.scalar(wanted)):
                    return
            await heard.wait(0.05)
