"""Faults 19 and 20: two operators want the same ticket, or speak past a citizen who writes."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from handoff.panel import passwords
from handoff.tables import Operator
from tests.handoff.desk import Desk, hire
from tests.handoff.talk import Citizen


@pytest.fixture
async def clerk(app: FastAPI) -> Desk:
    found: Operator = await hire(app.state.database, "carla")
    return await Desk(app).enters(found)


async def taken_by(desk: Desk) -> dict[str, Any]:
    [card] = (await desk.looks("tickets")).json()["tickets"]
    ticket = (await desk.looks(f"tickets/{card['id']}")).json()
    taken: dict[str, Any] = (await desk.acts(ticket, "take")).json()
    return taken


async def test_fault_20_a_reply_does_not_cross_what_the_citizen_wrote_meanwhile(
    clerk: Desk, citizen: Citizen
) -> None:
    await citizen.hears("voglio parlare con una persona")
    ticket = await taken_by(clerk)
    seen = ticket["messages"][-1]["seq"]
    await citizen.says("anzi no, ho risolto")
    crossing = await clerk.acts(ticket, "reply", text="La richiamo alle 15", seen=seen)
    assert (crossing.status_code, crossing.json()["unread"]) == (409, True)
    now = crossing.json()["ticket"]
    assert now["messages"][-1]["text"] == "anzi no, ho risolto"
    assert (await citizen.everything())[-1].author == "citizen"
    meant = await clerk.acts(
        now, "reply", text="La richiamo alle 15", seen=now["messages"][-1]["seq"]
    )
    assert meant.status_code == 200
    assert (await citizen.everything())[-1].text == "La richiamo alle 15"
    twice = await clerk.acts(now, "reply", text="La richiamo alle 15", seen=seen)
    assert (twice.status_code, twice.json()["unread"]) == (409, False)


@pytest.mark.parametrize("seen", [-1, "1", 2**31, 1.5])
async def test_fault_20_what_is_no_number_of_a_message_is_refused(
    clerk: Desk, citizen: Citizen, seen: object
) -> None:
    await citizen.hears("voglio parlare con una persona")
    answer = await clerk.acts(await taken_by(clerk), "reply", text="Eccomi", seen=seen)
    assert answer.status_code == 422


async def test_fault_34_more_logins_than_can_be_worked_on_are_told_to_come_again(
    app: FastAPI,
) -> None:
    await hire(app.state.database, "carla")
    crowd = [Desk(app, f"192.0.2.{number}") for number in range(passwords.MOST_WAITING + 20)]
    tries = (desk.tries(f"{number}@example.it") for number, desk in enumerate(crowd))
    answers = await asyncio.gather(*tries)
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {401, 503}
    assert all(a.headers["retry-after"] == "5" for a in answers if a.status_code == 503)
    assert (await Desk(app, "192.0.2.250").tries("carla@example.it")).status_code == 200
