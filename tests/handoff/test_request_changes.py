"""A citizen adds a detail to a request of their own, or withdraws it."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from handoff import conversations, tickets
from handoff.tables import Operator, Ticket
from tests.fake_bot import FakeBot, by_the_contract
from tests.handoff.desk import Desk, hire
from tests.handoff.requests import now, opened_by
from tests.handoff.talk import Citizen

DONE = {
    "ritiro": "stato_segnalazione.ritirata",
    "dettaglio": "stato_segnalazione.dettaglio_aggiunto",
}
TEXT = "Era il 12 novembre, verso le dieci"


def wish(fake_bot: FakeBot, kind: str, fields: dict[str, Any]) -> None:
    """From now on the bot's answer carries this."""
    ticket = {"kind": kind, "reason": "richiesta", "topic": None, "fields": fields}
    replies = [{"say": DONE[kind], "with": fields}]
    body = by_the_contract("stato_segnalazione") | {"replies": replies, "ticket": ticket}
    fake_bot.answer = lambda question: (200, body | {"decision": "handoff"})  # type: ignore[method-assign]


async def events(citizen: Citizen, ticket: Ticket) -> list[tuple[str, str | None]]:
    async with citizen.gateway.database.read() as session:
        history = await tickets.history(session, ticket.id)
    return [(event.kind, event.text) for event in history]


async def test_a_withdrawn_request_is_closed_and_says_who_closed_it(
    citizen: Citizen, fake_bot: FakeBot
) -> None:
    ticket = (await opened_by(citizen)).ticket
    wish(fake_bot, "ritiro", {"pratica": ticket.name})
    [said] = await citizen.hears("sì")
    assert ticket.name in said.text
    after = await now(citizen, ticket)
    assert (after.state, after.assignee_id) == ("closed", None)
    assert after.closed_at
    assert after.version == ticket.version + 1
    assert await events(citizen, ticket) == [("opened", None), ("withdrawn", None)]


async def test_withdrawing_opens_no_ticket_and_leaves_the_word_with_the_bot(
    citizen: Citizen, fake_bot: FakeBot
) -> None:
    ticket = (await opened_by(citizen)).ticket
    wish(fake_bot, "ritiro", {"pratica": ticket.name})
    await citizen.hears("sì")
    conversation = await citizen.conversation()
    assert conversation.holder == "bot"
    async with citizen.gateway.database.read() as session:
        assert len(await tickets.of_conversation(session, conversation.id)) == 1


async def test_a_detail_stands_in_the_requests_history_in_the_citizens_words(
    citizen: Citizen, fake_bot: FakeBot
) -> None:
    ticket = (await opened_by(citizen)).ticket
    wish(fake_bot, "dettaglio", {"pratica": ticket.name})
    [said] = await citizen.hears(TEXT)
    assert said.topic == "stato_segnalazione"
    assert (await now(citizen, ticket)).state == "open"
    assert await events(citizen, ticket) == [("opened", None), ("detail", TEXT)]


@pytest.mark.parametrize("kind", DONE)
async def test_a_closed_request_stays_as_it_is_and_the_citizen_is_told(
    citizen: Citizen, fake_bot: FakeBot, kind: str
) -> None:
    ticket = (await opened_by(citizen, state="closed")).ticket
    wish(fake_bot, kind, {"pratica": ticket.name})
    [said] = await citizen.hears(TEXT)
    assert (said.author, said.topic, said.final) == ("system", "richiesta_non_cambiata", True)
    assert await events(citizen, ticket) == [("opened", None)]


@pytest.mark.parametrize("kind", DONE)
async def test_nobody_changes_the_request_of_another_conversation(
    citizen: Citizen, fake_bot: FakeBot, kind: str
) -> None:
    ticket = (await opened_by(citizen)).ticket
    wish(fake_bot, kind, {"pratica": ticket.name})
    stranger = Citizen(citizen.gateway, address="bruno")
    [said] = await stranger.hears(TEXT)
    assert said.topic == "richiesta_non_cambiata"
    assert (await now(citizen, ticket)).state == "open"
    assert await events(citizen, ticket) == [("opened", None)]


@pytest.mark.parametrize("fields", [{}, {"pratica": None}, {"pratica": ["x"]}, {"pratica": "%"}])
async def test_a_wish_without_a_name_changes_nothing(
    citizen: Citizen, fake_bot: FakeBot, fields: dict[str, Any]
) -> None:
    ticket = (await opened_by(citizen)).ticket
    wish(fake_bot, "ritiro", fields)
    assert (await citizen.hears("sì"))[-1].topic == "richiesta_non_cambiata"
    assert (await now(citizen, ticket)).state == "open"


@pytest.mark.parametrize("kind", ["emergenza", "crisi", "consegna"])
async def test_a_cry_for_help_cannot_be_taken_back(
    citizen: Citizen, fake_bot: FakeBot, kind: str
) -> None:
    await citizen.hears("dove posso parcheggiare?")
    ticket = (await opened_by(citizen, kind)).ticket
    await _give_the_word_to_the_bot(citizen)
    wish(fake_bot, "ritiro", {"pratica": ticket.name})
    assert (await citizen.hears("sì"))[-1].topic == "richiesta_non_cambiata"
    assert (await now(citizen, ticket)).state == "open"


async def _give_the_word_to_the_bot(citizen: Citizen) -> None:
    async with citizen.gateway.database.begin() as session:
        talk = await conversations.lock(session, (await citizen.conversation()).id)
        conversations.pass_to(session, talk, "bot", ticket_id=None)


async def test_confirmed_twice_a_request_is_withdrawn_once(
    citizen: Citizen, fake_bot: FakeBot
) -> None:
    ticket = (await opened_by(citizen)).ticket
    wish(fake_bot, "ritiro", {"pratica": ticket.name})
    first, second = await citizen.hears("sì"), await citizen.hears("sì")
    assert first[-1].topic == "stato_segnalazione"
    assert second[-1].topic == "richiesta_non_cambiata"
    assert await events(citizen, ticket) == [("opened", None), ("withdrawn", None)]


async def test_of_an_operator_who_takes_and_a_citizen_who_withdraws_one_wins(
    citizen: Citizen, fake_bot: FakeBot, carla: Operator
) -> None:
    ticket = (await opened_by(citizen)).ticket
    database, knowledge = citizen.gateway.database, citizen.gateway.knowledge
    wish(fake_bot, "ritiro", {"pratica": ticket.name})

    async def take() -> None:
        async with database.begin() as session:
            await tickets.take(session, ticket.id, version=1, operator=carla, knowledge=knowledge)

    await citizen.says("sì")
    [outcome] = await asyncio.gather(take(), return_exceptions=True)
    async with database.bell.listen("tickets") as heard:
        for _ in range(20):
            if (await now(citizen, ticket)).state != "open":
                break
            await heard.wait(0.2)
    state = (await now(citizen, ticket)).state
    assert state == ("closed" if isinstance(outcome, tickets.Conflict) else "taken")


async def test_an_operator_sees_detail_and_withdrawal_and_may_reopen(
    app: FastAPI, citizen: Citizen, fake_bot: FakeBot
) -> None:
    ticket = (await opened_by(citizen)).ticket
    desk = await Desk(app).enters(await hire(app.state.database, "elena"))
    for kind in ("dettaglio", "ritiro"):
        wish(fake_bot, kind, {"pratica": ticket.name})
        await citizen.hears(TEXT)
    seen = (await desk.looks(f"tickets/{ticket.id}")).json()
    told = [(event["kind"], event["author"], event["text"]) for event in seen["events"]]
    assert told[1:] == [("detail", None, TEXT), ("withdrawn", None, None)]
    reopened = (await desk.acts(seen, "reopen")).json()
    assert (reopened["state"], reopened["closed_at"]) == ("open", None)
