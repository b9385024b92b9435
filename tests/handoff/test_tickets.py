"""Requests for a person, and who may do what with them."""

import asyncio
import re

import pytest
from sqlalchemy import func, select

from handoff import conversations, surveys, tickets
from handoff.tables import Message, Operator, Survey, Ticket
from handoff.tickets import Conflict
from tests.handoff.talk import Citizen


class Desk:
    """An operator's hands in a test."""

    def __init__(self, citizen: Citizen, operator: Operator) -> None:
        self.database = citizen.gateway.database
        self.knowledge = citizen.gateway.knowledge
        self.operator = operator

    async def take(self, ticket: Ticket) -> Ticket:
        async with self.database.begin() as session:
            return await tickets.take(
                session,
                ticket.id,
                version=ticket.version,
                operator=self.operator,
                knowledge=self.knowledge,
            )

    async def reply(self, ticket: Ticket, text: str) -> Ticket:
        async with self.database.begin() as session:
            return await tickets.reply(
                session, ticket.id, version=ticket.version, operator=self.operator, text=text
            )

    async def close(self, ticket: Ticket) -> Ticket:
        async with self.database.begin() as session:
            closed, conversation = await tickets.close(
                session, ticket.id, version=ticket.version, operator=self.operator
            )
            await surveys.ask(session, conversation, closed, knowledge=self.knowledge)
        return closed

    async def reopen(self, ticket: Ticket) -> Ticket:
        async with self.database.begin() as session:
            return await tickets.reopen(
                session, ticket.id, version=ticket.version, operator=self.operator
            )


async def opened_by(citizen: Citizen) -> Ticket:
    await citizen.hears("voglio parlare con una persona")
    conversation = await citizen.conversation()
    async with citizen.gateway.database.read() as session:
        return await session.get_one(Ticket, conversation.ticket_id)


async def test_of_two_operators_who_take_one_ticket_one_wins(
    citizen: Citizen, carla: Operator, dario: Operator
) -> None:
    ticket = await opened_by(citizen)
    outcomes = await asyncio.gather(
        *(Desk(citizen, operator).take(ticket) for operator in (carla, dario)),
        return_exceptions=True,
    )
    conflicts = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    winners = [outcome for outcome in outcomes if isinstance(outcome, Ticket)]
    assert (len(conflicts), len(winners)) == (1, 1)
    assert conflicts[0].ticket_id == winners[0].id


async def test_an_operators_reply_reaches_the_citizen_under_the_operators_name(
    citizen: Citizen, carla: Operator
) -> None:
    desk = Desk(citizen, carla)
    await desk.reply(await desk.take(await opened_by(citizen)), "Buongiorno, mi dica.")
    last = (await citizen.everything())[-1]
    assert (last.author, last.author_name, last.text) == (
        "operator",
        "Carla",
        "Buongiorno, mi dica.",
    )


async def test_only_who_has_the_ticket_may_reply(
    citizen: Citizen, carla: Operator, dario: Operator
) -> None:
    ticket = await Desk(citizen, carla).take(await opened_by(citizen))
    with pytest.raises(Conflict):
        await Desk(citizen, dario).reply(ticket, "…")


async def test_an_old_version_changes_nothing(citizen: Citizen, carla: Operator) -> None:
    desk, ticket = Desk(citizen, carla), await opened_by(citizen)
    await desk.take(ticket)
    with pytest.raises(Conflict):
        await desk.reply(ticket, "…")
    assert all(message.author != "operator" for message in await citizen.everything())


async def test_a_note_never_reaches_the_citizen(citizen: Citizen, carla: Operator) -> None:
    ticket = await opened_by(citizen)
    before = len(await citizen.everything())
    async with citizen.gateway.database.begin() as session:
        await tickets.note(
            session, ticket.id, version=ticket.version, operator=carla, text="è agitata"
        )
    assert len(await citizen.everything()) == before
    async with citizen.gateway.database.read() as session:
        events = await tickets.history(session, ticket.id)
    assert [event.kind for event in events] == ["opened", "note"]


async def test_closing_gives_the_word_back_to_the_bot_and_asks_for_a_score(
    citizen: Citizen, carla: Operator
) -> None:
    desk = Desk(citizen, carla)
    await desk.close(await desk.take(await opened_by(citizen)))
    assert (await citizen.conversation()).holder == "bot"
    asked = (await citizen.everything())[-1]
    assert asked.topic == "sondaggio"
    assert [button["payload"] for button in asked.buttons] == [f"voto:{n}" for n in range(1, 6)]


async def test_score_and_comment_are_stored_and_the_last_tap_counts(
    citizen: Citizen, carla: Operator
) -> None:
    desk = Desk(citizen, carla)
    closed = await desk.close(await desk.take(await opened_by(citizen)))
    await citizen.hears(payload="voto:2")
    await citizen.hears(payload="voto:5")
    await citizen.hears(payload="voto:commento")
    await citizen.hears("Gentilissima, grazie")
    async with citizen.gateway.database.read() as session:
        survey = await surveys.of_ticket(session, closed.id)
    assert survey
    assert (survey.score, survey.comment) == (5, "Gentilissima, grazie")


@pytest.mark.parametrize("typed", ["5", " 5. ", "1"])
async def test_where_nothing_can_be_pressed_a_score_is_typed(
    citizen: Citizen, carla: Operator, typed: str
) -> None:
    desk = Desk(citizen, carla)
    closed = await desk.close(await desk.take(await opened_by(citizen)))
    thanked = await citizen.hears(typed)
    assert thanked[-1].topic == "sondaggio"
    async with citizen.gateway.database.read() as session:
        survey = await surveys.of_ticket(session, closed.id)
    assert survey
    assert survey.score == int(typed.strip(" ."))


@pytest.mark.parametrize("typed", ["6", "0", "55", "5 giorni fa"])
async def test_what_is_no_score_goes_to_the_bot(
    citizen: Citizen, carla: Operator, typed: str
) -> None:
    desk = Desk(citizen, carla)
    await desk.close(await desk.take(await opened_by(citizen)))
    assert (await citizen.hears(typed))[-1].topic != "sondaggio"


async def test_a_number_after_other_words_is_no_score(citizen: Citizen, carla: Operator) -> None:
    """It may answer what the bot asked since."""
    desk = Desk(citizen, carla)
    closed = await desk.close(await desk.take(await opened_by(citizen)))
    await citizen.hears("dove posso parcheggiare?")
    await citizen.hears("5")
    async with citizen.gateway.database.read() as session:
        survey = await surveys.of_ticket(session, closed.id)
    assert survey
    assert survey.score is None


async def test_a_question_after_the_score_is_a_question_and_no_comment(
    citizen: Citizen, carla: Operator
) -> None:
    desk = Desk(citizen, carla)
    await desk.close(await desk.take(await opened_by(citizen)))
    await citizen.hears(payload="voto:4")
    assert (await citizen.hears("dove posso parcheggiare?"))[-1].topic == "parcheggio"
    async with citizen.gateway.database.read() as session:
        assert await session.scalar(select(Survey.comment)) is None


async def test_an_emergency_instead_of_a_comment_is_an_emergency(
    citizen: Citizen, carla: Operator
) -> None:
    desk = Desk(citizen, carla)
    await desk.close(await desk.take(await opened_by(citizen)))
    await citizen.hears(payload="voto:1")
    await citizen.hears(payload="voto:commento")
    heard = await citizen.hears("mi fa male il petto e non respiro")
    assert heard[-1].topic == "emergenza"


async def test_a_reopened_ticket_waits_in_the_queue_again(
    citizen: Citizen, carla: Operator
) -> None:
    desk = Desk(citizen, carla)
    reopened = await desk.reopen(await desk.close(await desk.take(await opened_by(citizen))))
    assert (reopened.state, reopened.assignee_id) == ("open", None)
    assert (await citizen.conversation()).holder == "queue"


async def test_the_reading_key_is_shown_once_and_only_its_hash_is_kept(
    citizen: Citizen,
) -> None:
    ticket = await opened_by(citizen)
    database = citizen.gateway.database
    message = (await citizen.everything())[-1]
    key = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{4}-[0-9A-Z]{4}", message.text_for_citizen())
    assert key
    assert key[0] not in message.text
    assert key[0] not in repr(vars(ticket))
    async with database.read() as session:
        found = await tickets.with_key(session, name=ticket.name, key=key[0].lower())
        assert found
        assert found.id == ticket.id
        assert await tickets.with_key(session, name=ticket.name, key="0" * 13) is None
    async with database.begin() as session:
        await conversations.seen(session, message.conversation_id, seq=message.seq)
    again = (await citizen.everything())[-1]
    assert key[0] not in again.text_for_citizen()
    async with database.read() as session:
        kept = await session.scalar(
            select(func.count()).select_from(Message).where(Message.secret.is_not(None))
        )
    assert kept == 0


def test_a_name_can_be_said_on_the_phone_and_a_key_cannot_be_guessed() -> None:
    keys = {tickets.new_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{4}){2}", k) for k in keys)
    assert len(next(iter(keys)).replace("-", "")) * 5 >= 60
