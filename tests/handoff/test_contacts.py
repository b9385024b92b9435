"""Who called or came: written down in the same queue and the same numbers."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from handoff.channel import Outbound, PermanentFailure
from handoff.channels import open_channels
from handoff.tables import Conversation, Inbox, Outbox, Survey
from tests.handoff.desk import Desk, hire

CALL = {"channel": "phone", "text": "Dove si parcheggia?", "outcome": "closed"}


@pytest.fixture
async def carla(app: FastAPI) -> Desk:
    return await Desk(app).enters(await hire(app.state.database, "carla"))


async def written(desk: Desk, **body: Any) -> dict[str, Any]:
    answer = await desk.does("contacts", **{**CALL, **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_closed_contact_is_a_closed_request_with_both_sides(carla: Desk) -> None:
    ticket = await written(carla, answer="Nel parcheggio A.", name=" Anna  Rossi ")
    assert (ticket["state"], ticket["channel"], ticket["citizen"]) == (
        "closed",
        "phone",
        "Anna Rossi",
    )
    said = [(message["author"], message["text"]) for message in ticket["messages"]]
    assert said == [("citizen", "Dove si parcheggia?"), ("operator", "Nel parcheggio A.")]
    assert ticket["replied_at"]
    counts = (await carla.looks("tickets")).json()["counts"]
    assert counts["closed"] == 1


async def test_an_open_contact_is_taken_by_who_wrote_it_down(carla: Desk) -> None:
    ticket = await written(carla, channel="desk", outcome="open")
    assert (ticket["state"], ticket["assignee"]["name"], ticket["holder"]) == (
        "taken",
        "carla",
        "operator",
    )
    assert ticket["reach"]["standing"] == "by_hand"


async def test_closing_it_later_asks_nobody_for_a_score(app: FastAPI, carla: Desk) -> None:
    ticket = await written(carla, outcome="open")
    assert (await carla.acts(ticket, "close")).status_code == 200
    async with app.state.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Survey)) == 0


async def test_nothing_of_it_is_sent_nor_answered_by_the_bot(app: FastAPI, carla: Desk) -> None:
    await written(carla, answer="Nel parcheggio A.")
    async with app.state.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Outbox)) == 0
        assert list(await session.scalars(select(Inbox.state))) == ["done"]


async def test_written_down_twice_it_is_one_contact(app: FastAPI, carla: Desk) -> None:
    first = await written(carla, id="a" * 32)
    second = await written(carla, id="a" * 32)
    assert first["id"] == second["id"]
    async with app.state.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 1


async def test_codes_that_a_citizen_dictated_are_not_kept(carla: Desk) -> None:
    ticket = await written(carla, text="Sono RSSMRA85T10A562S, a che punto è?")
    assert "RSSMRA85T10A562S" not in ticket["messages"][0]["text"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"channel": "webchat"}, "Scelga come"),
        ({"channel": "nessuno"}, "Scelga come"),
        ({"outcome": "boh"}, "l'esito"),
        ({"topic": "niente_del_genere"}, "argomento"),
        ({"text": "  "}, "vuoto"),
        ({"name": "a" * 300}, "nome"),
    ],
)
async def test_what_is_no_contact_gets_a_sentence(
    carla: Desk, body: dict[str, str], words: str
) -> None:
    answer = await carla.does("contacts", **{**CALL, **body})
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


async def test_the_form_offers_the_channels_by_voice_and_the_topics(carla: Desk) -> None:
    offered = (await carla.looks("contacts")).json()
    assert offered["channels"] == ["desk", "phone"]
    assert "parcheggio" in [topic["id"] for topic in offered["topics"]]


@pytest.mark.parametrize("name", ["desk", "phone"])
async def test_a_send_by_voice_is_refused(name: str) -> None:
    channel = open_channels([name])[name]
    with pytest.raises(PermanentFailure):
        await channel.send(Outbound(key="k", address="a", text="uno"))


async def test_nothing_is_handed_to_an_assistant_that_cannot_speak_there(carla: Desk) -> None:
    ticket = await written(carla, outcome="open")
    assert (ticket["reach"]["assistant"], ticket["reach"]["takes_files"]) == (False, False)
    refused = await carla.acts(ticket, "hand-back")
    assert refused.status_code == 422
    assert "l'assistente non risponde" in refused.json()["detail"]
    assert (await carla.looks(f"tickets/{ticket['id']}")).json()["state"] == "taken"


async def test_the_page_of_channels_knows_what_is_written_down(carla: Desk) -> None:
    told = (await carla.looks("channels")).json()["channels"]
    assert {each["name"] for each in told if each["by_hand"]} == {"desk", "phone"}
