"""What operators see of tickets, and what happens when two want the same."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from handoff import conversations, tickets
from handoff.channel import Attachment, Inbound
from handoff.db import Database
from handoff.gateway import Gateway
from handoff.panel.thread import HIDDEN_KEY
from handoff.tables import Conversation, Message, Ticket, present
from tests.handoff.desk import Desk, hire
from tests.handoff.files import png
from tests.handoff.talk import Citizen

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{7*7}} ${7*7}",
    "javascript:alert(1)",
    "\u202etxt.exe\u202c",
    '"><svg/onload=alert(1)>',
    "{chiave}",
]

PHOTO = Attachment(kind="image", name="foto.png", media_type="image/png", content=png())


@pytest.fixture
async def carla(app: FastAPI) -> Desk:
    return await Desk(app).enters(await hire(app.state.database, "carla"))


@pytest.fixture
async def dario(app: FastAPI) -> Desk:
    return await Desk(app).enters(await hire(app.state.database, "dario"))


@pytest.fixture
async def waiting(citizen: Citizen, carla: Desk) -> dict[str, Any]:
    """A ticket of a citizen who asked for a person."""
    await citizen.hears("voglio parlare con una persona")
    [ticket] = await shelf(carla)
    return await details(carla, ticket)


async def shelf(desk: Desk, state: str = "open") -> list[dict[str, Any]]:
    answer = await desk.looks("tickets", params={"state": state})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["tickets"]
    return found


async def details(desk: Desk, ticket: dict[str, Any]) -> dict[str, Any]:
    answer = await desk.looks(f"tickets/{ticket['id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def done(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_request_stands_in_the_queue_with_what_an_operator_needs(
    carla: Desk, waiting: dict[str, Any]
) -> None:
    [card] = await shelf(carla)
    assert card["kind"] == "persona"
    assert (card["state"], card["assignee"], card["holder"]) == ("open", None, "queue")
    assert card["channel"] == "webchat"
    assert card["excerpt"] == "voglio parlare con una persona"
    assert card["awaits_reply"] is True
    assert card["due_at"] > card["opened_at"]


async def test_a_card_keeps_the_last_words_when_a_file_without_words_follows(
    carla: Desk, citizen: Citizen, waiting: dict[str, Any]
) -> None:
    await citizen.says(files=(PHOTO,))
    [card] = await shelf(carla)
    assert card["excerpt"] == "voglio parlare con una persona"


async def test_a_card_tells_of_a_file_when_nothing_else_was_said(
    carla: Desk, waiting: dict[str, Any], app: FastAPI
) -> None:
    async with app.state.database.begin() as session:
        await session.execute(update(Message).values(text=""))
    [card] = await shelf(carla)
    assert card["excerpt"] == "Ha inviato un file."


async def test_details_tell_the_conversation_and_what_the_bot_understood(
    waiting: dict[str, Any],
) -> None:
    authors = [message["author"] for message in waiting["messages"]]
    assert authors == ["system", "citizen", "bot"]
    assert waiting["understood"]["intent"] == "parla_con_operatore"
    assert waiting["understood"]["confidence"] == 0.9
    assert [event["kind"] for event in waiting["events"]] == ["opened"]
    assert waiting["survey"] is None


async def test_from_taking_to_closing(
    citizen: Citizen, carla: Desk, waiting: dict[str, Any]
) -> None:
    taken = await done(await carla.acts(waiting, "take"))
    assert (taken["state"], taken["assignee"]["name"]) == ("taken", "carla")
    replied = await done(await carla.acts(taken, "reply", text="Buongiorno, eccomi."))
    assert replied["awaits_reply"] is False
    noted = await done(await carla.acts(replied, "note", text="Cliente gentile"))
    closed = await done(await carla.acts(noted, "close"))
    assert (closed["state"], closed["holder"]) == ("closed", "bot")
    kinds = [event["kind"] for event in closed["events"]]
    assert kinds == ["opened", "taken", "replied", "note", "closed"]
    said = [(message.author, message.text) for message in await citizen.everything()]
    assert ("operator", "Buongiorno, eccomi.") in said
    assert not any("Cliente gentile" in text for _, text in said)


async def test_a_score_stands_with_the_closed_request(
    citizen: Citizen, carla: Desk, waiting: dict[str, Any]
) -> None:
    await done(await carla.acts(waiting, "close"))
    await citizen.hears("5", payload="voto:5")
    [closed] = await shelf(carla, "closed")
    assert (await details(carla, closed))["survey"] == {"score": 5, "comment": None}


async def test_a_reopened_request_is_in_the_queue_again(
    carla: Desk, waiting: dict[str, Any]
) -> None:
    closed = await done(await carla.acts(waiting, "close"))
    opened = await done(await carla.acts(closed, "reopen"))
    assert (opened["state"], opened["assignee"], opened["holder"]) == ("open", None, "queue")


async def test_after_handing_back_the_bot_has_the_word(
    carla: Desk, waiting: dict[str, Any]
) -> None:
    taken = await done(await carla.acts(waiting, "take"))
    back = await done(await carla.acts(taken, "hand-back"))
    assert (back["state"], back["holder"]) == ("open", "bot")


async def test_of_two_who_take_one_ticket_the_loser_learns_who_has_it(
    carla: Desk, dario: Desk, waiting: dict[str, Any]
) -> None:
    both = await asyncio.gather(carla.acts(waiting, "take"), dario.acts(waiting, "take"))
    won, lost = sorted(both, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 409)
    assert lost.json()["ticket"] == won.json()
    assert lost.json()["detail"].startswith("La richiesta")


@pytest.mark.parametrize("action", ["reply", "close", "hand-back"])
async def test_a_colleagues_ticket_is_not_mine_to_work_on(
    carla: Desk, dario: Desk, waiting: dict[str, Any], action: str
) -> None:
    taken = await done(await carla.acts(waiting, "take"))
    words = {"text": "eccomi"} if action == "reply" else {}
    answer = await dario.acts(taken, action, **words)
    assert answer.status_code == 409
    assert answer.json()["detail"] == "La richiesta è di un collega."
    assert answer.json()["ticket"]["assignee"]["name"] == "carla"


async def test_what_was_written_long_before_it_came_is_told(
    gateway: Gateway, citizen: Citizen, carla: Desk, waiting: dict[str, Any]
) -> None:
    written = present() - timedelta(hours=1)
    await gateway.receive(
        Inbound(
            channel="webchat",
            external_id="late",
            address=citizen.address,
            text="era ieri",
            written_at=written,
        )
    )
    seen = (await carla.looks(f"tickets/{waiting['id']}")).json()["messages"]
    told = {each["text"]: each["late"] for each in seen if each["author"] == "citizen"}
    assert told.pop("era ieri") == written.isoformat()
    assert set(told.values()) == {None}


async def test_a_reply_sent_twice_is_said_once(
    citizen: Citizen, carla: Desk, waiting: dict[str, Any]
) -> None:
    taken = await done(await carla.acts(waiting, "take"))
    await done(await carla.acts(taken, "reply", text="Una volta"))
    assert (await carla.acts(taken, "reply", text="Una volta")).status_code == 409
    said = [message.text for message in await citizen.everything()]
    assert said.count("Una volta") == 1


async def test_counts_and_shelves_agree(
    citizen: Citizen, carla: Desk, dario: Desk, waiting: dict[str, Any]
) -> None:
    await done(await carla.acts(waiting, "take"))
    other = Citizen(citizen.gateway, address="bruno")
    await other.hears("un operatore per favore")
    for desk, mine in ((carla, 1), (dario, 0)):
        answer = (await desk.looks("tickets", params={"state": "all"})).json()
        assert answer["counts"] == {"open": 1, "mine": mine, "taken": 1, "closed": 0}
        assert len(answer["tickets"]) == 2
        assert len(await shelf(desk, "mine")) == mine
        assert len(await shelf(desk, "taken")) == 1


async def test_an_emergency_comes_first(citizen: Citizen, carla: Desk) -> None:
    await citizen.hears("un operatore per favore")
    urgent = Citizen(citizen.gateway, address="bruno")
    await urgent.hears("mi fa male il petto e non respiro")
    found = await shelf(carla)
    assert [ticket["priority"] for ticket in found] == [0, 1]
    assert found[0]["kind"] == "emergenza"


async def test_what_a_form_asked_is_what_its_request_is_about(
    app: FastAPI, citizen: Citizen, carla: Desk
) -> None:
    await citizen.hears("parcheggio")
    async with app.state.database.begin() as session:
        talk = await conversations.lock(session, (await citizen.conversation()).id)
        fields = {"tipo": "perso", "cosa": "Ho atteso quattro ore", "dove": "Ortopedia"}
        await tickets.open_ticket(session, talk, kind="reclamo", reason="modulo", fields=fields)
    [card] = await shelf(carla)
    assert card["excerpt"] == "Ho atteso quattro ore"
    assert (await details(carla, card))["fields"] == fields


async def test_an_emergency_stands_in_the_queue_before_what_a_form_asked(
    app: FastAPI, citizen: Citizen, carla: Desk
) -> None:
    await citizen.hears("vorrei parlare con una persona")
    async with app.state.database.begin() as session:
        ticket = (await session.scalars(select(Ticket))).one()
        ticket.fields = {"cosa": "Una storia molto più lunga di un'emergenza, lunga davvero"}
    await citizen.hears("mio padre non respira")
    [card] = await shelf(carla)
    assert card["excerpt"] == "mio padre non respira"


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("take", {}, 422),
        ("take", {"version": "1"}, 422),
        ("take", {"version": 10**30}, 422),
        ("note", {"version": 1}, 422),
        ("note", {"version": 1, "text": " \n "}, 422),
        ("note", {"version": 1, "text": "\u202e"}, 422),
        ("note", {"version": 1, "text": "x" * 4001}, 422),
        ("note", {"version": 1, "text": 5}, 422),
        ("note", {"version": 1, "text": "x" * 70_000}, 413),
    ],
)
async def test_a_malformed_step_gets_a_sentence(
    carla: Desk, waiting: dict[str, Any], action: str, body: dict[str, Any], status: int
) -> None:
    answer = await carla.does(f"tickets/{waiting['id']}/{action}", **body)
    assert answer.status_code == status
    assert isinstance(answer.json()["detail"], str)
    assert (await details(carla, waiting))["version"] == waiting["version"]


@pytest.mark.parametrize("id", ["0" * 32, "nothing", "%00", "%F0%9F%98%80"])
async def test_an_unknown_ticket_is_not_found(carla: Desk, id: str) -> None:
    assert (await carla.looks(f"tickets/{id}")).status_code == 404
    assert (await carla.does(f"tickets/{id}/take", version=1)).status_code == 404


@pytest.mark.parametrize("action", ["take", "reply", "note", "close", "reopen", "hand-back"])
async def test_no_step_without_the_csrf_token(
    carla: Desk, waiting: dict[str, Any], action: str
) -> None:
    carla.csrf = "guessed"
    assert (await carla.acts(waiting, action, text="x")).status_code == 403
    assert (await details(carla, waiting))["version"] == waiting["version"]


async def test_hostile_text_arrives_as_it_was_written(citizen: Citizen, carla: Desk) -> None:
    await citizen.hears("un operatore per favore")
    for text in HOSTILE:
        await citizen.says(text)
    [card] = await shelf(carla)
    answer = await carla.looks(f"tickets/{card['id']}")
    said = [m["text"] for m in answer.json()["messages"] if m["author"] == "citizen"]
    assert said[1:] == HOSTILE
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_an_operators_text_loses_only_what_hides(
    citizen: Citizen, carla: Desk, waiting: dict[str, Any]
) -> None:
    taken = await done(await carla.acts(waiting, "take"))
    written = " <b>Gentile</b>\r\nsignora\x00 \ud83d\u202e "
    raw = json.dumps({"version": taken["version"], "text": written})
    answer = await carla.client.post(
        f"/api/panel/tickets/{taken['id']}/reply",
        content=raw,
        headers={"X-CSRF-Token": carla.csrf},
    )
    await done(answer)
    assert (await citizen.everything())[-1].text == "<b>Gentile</b>\nsignora \ufffd"


async def test_operators_never_see_the_reading_key(
    app: FastAPI, carla: Desk, waiting: dict[str, Any]
) -> None:
    async with app.state.database.read() as session:
        told = await session.scalar(select(Message).where(Message.secret.is_not(None)))
        ticket = await session.get_one(Ticket, waiting["id"])
    raw = json.dumps([waiting, await shelf(carla), (await carla.looks("me")).json()])
    assert told.secret not in raw
    assert ticket.key_hash not in raw
    assert "$argon2" not in raw
    assert any(HIDDEN_KEY in message["text"] for message in waiting["messages"])


async def test_a_long_conversation_is_read_page_by_page(
    app: FastAPI, citizen: Citizen, carla: Desk, waiting: dict[str, Any]
) -> None:
    await many_words(app.state.database, waiting["conversation_id"], number=150)
    last = await details(carla, waiting)
    assert (len(last["messages"]), last["earlier"]) == (100, True)
    path = f"tickets/{waiting['id']}/messages"
    first = (await carla.looks(path, params={"before": last["messages"][0]["seq"]})).json()
    assert first["earlier"] is False
    numbers = [message["seq"] for message in first["messages"] + last["messages"]]
    assert numbers == list(range(1, 154))


async def many_words(database: Database, conversation_id: str, *, number: int) -> None:
    async with database.begin() as session:
        talk = await conversations.lock(session, conversation_id)
        for count in range(number):
            conversations.hear(session, talk, text=f"ancora {count}")


async def test_the_panel_tells_when_a_reply_did_not_arrive(
    app: FastAPI, gateway: Gateway, carla: Desk
) -> None:
    elsewhere = Citizen(gateway, address="42", channel="telegram")
    await elsewhere.hears("un operatore per favore")
    [card] = [ticket for ticket in await shelf(carla) if ticket["kind"] == "persona"]
    async with app.state.database.bell.listen("tickets") as heard:
        for _ in range(50):
            found = (await details(carla, card))["messages"]
            states = [message["delivery"] for message in found if message["author"] == "system"]
            if "failed" in states:
                break
            await heard.wait(0.2)
    assert "failed" in states
    assert "il canale non è attivo" in [message["delivery_reason"] for message in found]


async def test_other_requests_of_the_same_conversation_are_told(
    app: FastAPI, carla: Desk, waiting: dict[str, Any]
) -> None:
    async with app.state.database.begin() as session:
        talk = await session.get_one(Conversation, waiting["conversation_id"])
        await tickets.open_ticket(session, talk, kind="reclamo", reason="modulo")
    [other] = (await details(carla, waiting))["others"]
    assert (other["kind"], other["state"]) == ("reclamo", "open")
