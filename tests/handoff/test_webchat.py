"""The web chat by its contract: sessions, messages, waiting."""

import asyncio
import re
from datetime import datetime
from uuid import uuid4

import httpx
import pytest
import segno
from fastapi import FastAPI
from sqlalchemy import select

from handoff.channel import Channel, Outbound, Receipt
from handoff.tables import WebchatSession
from tests.fake_bot import FakeBot
from tests.handoff.browser import ROOT, Browser, open_browser

FIELDS = {
    "id",
    "seq",
    "reply_to",
    "final",
    "author",
    "author_name",
    "text",
    "buttons",
    "attachments",
    "topic",
    "created_at",
}


@pytest.fixture
async def browser(client: httpx.AsyncClient) -> Browser:
    return await open_browser(client)


async def test_a_conversation_begins_with_the_legal_notice(browser: Browser) -> None:
    (notice,) = browser.messages
    assert (notice["author"], notice["topic"], notice["seq"]) == ("system", "avviso", 1)
    assert "112" in notice["text"]


async def test_a_question_is_answered(browser: Browser) -> None:
    (answer,) = await browser.asks(text="dove posso parcheggiare?")
    assert (answer["author"], answer["topic"], answer["final"]) == ("bot", "parcheggio", True)


async def test_messages_carry_exactly_the_fields_of_the_contract(browser: Browser) -> None:
    await browser.asks(text="dove posso parcheggiare?")
    for message in (await browser.page(after=0))["messages"]:
        assert set(message) == FIELDS
        assert datetime.fromisoformat(message["created_at"]).tzinfo is not None


async def test_the_receipt_names_the_message(browser: Browser) -> None:
    receipt = (await browser.posts(text="parcheggio")).json()
    assert set(receipt) == {"id", "seq", "duplicate"}
    first = (await browser.page(after=1))["messages"][0]
    assert (first["id"], first["seq"]) == (receipt["id"], receipt["seq"])
    assert receipt["duplicate"] is False


async def test_the_same_message_twice_is_one_message(browser: Browser, fake_bot: FakeBot) -> None:
    body = {"client_message_id": str(uuid4()), "text": "dove posso parcheggiare?"}
    await browser.asks(**body)
    first = (await browser.page(after=1))["messages"]
    again = await browser.posts(**body)
    assert again.status_code == 202
    assert again.json() == {"id": first[0]["id"], "seq": first[0]["seq"], "duplicate": True}
    assert (await browser.page(after=1))["messages"] == first
    assert len(fake_bot.asked) == 1


async def test_the_same_message_sent_at_once_is_one_message(browser: Browser) -> None:
    body = {"client_message_id": str(uuid4()), "text": "parcheggio"}
    receipts = [r.json() for r in await asyncio.gather(*(browser.posts(**body) for _ in range(6)))]
    assert len({receipt["id"] for receipt in receipts}) == 1
    assert sum(not receipt["duplicate"] for receipt in receipts) == 1


async def test_two_citizens_may_use_the_same_message_id(client: httpx.AsyncClient) -> None:
    anna, bruno = await open_browser(client), await open_browser(client)
    body = {"client_message_id": str(uuid4()), "text": "parcheggio"}
    first, second = await anna.posts(**body), await bruno.posts(**body)
    assert first.json()["id"] != second.json()["id"]
    assert second.json()["duplicate"] is False


async def test_a_token_opens_its_own_conversation_only(client: httpx.AsyncClient) -> None:
    anna, bruno = await open_browser(client), await open_browser(client)
    await anna.asks(text="dove posso parcheggiare?")
    assert [message["topic"] for message in (await bruno.page())["messages"]] == ["avviso"]


@pytest.mark.parametrize("token", ["", "sbagliato", "x" * 43, "\u00e8" * 20, "a b"])
async def test_an_unknown_token_is_refused_everywhere(
    client: httpx.AsyncClient, token: str
) -> None:
    headers = {"Authorization": f"Bearer {token}".encode("latin-1")}
    body = {"client_message_id": str(uuid4()), "text": "ciao"}
    for method, path, json in (
        ("GET", "/messages", None),
        ("GET", "/events", None),
        ("POST", "/messages", body),
        ("DELETE", "/sessions", None),
    ):
        response = await client.request(method, ROOT + path, json=json, headers=headers)
        assert response.status_code == 401
        assert isinstance(response.json()["detail"], str)


async def test_a_token_in_the_address_opens_nothing(browser: Browser) -> None:
    for name in ("token", "access_token", "authorization"):
        response = await browser.client.get(f"{ROOT}/messages", params={name: browser.token})
        assert response.status_code == 401


async def test_the_token_itself_is_stored_nowhere(browser: Browser, app: FastAPI) -> None:
    async with app.state.database.read() as session:
        rows = list(await session.scalars(select(WebchatSession.token_hash)))
    assert len(rows) == 1
    assert browser.token not in rows[0]
    assert len(browser.token) >= 43  # 256 bits in base64


async def test_an_ended_session_opens_nothing(browser: Browser) -> None:
    ended = await browser.client.delete(f"{ROOT}/sessions", headers=browser.headers)
    assert ended.status_code == 204
    assert (await browser.posts(text="parcheggio")).status_code == 401


async def test_an_offered_choice_can_be_pressed_and_reads_as_its_button(
    browser: Browser, fake_bot: FakeBot
) -> None:
    (offer,) = await browser.asks(text="forse")
    assert offer["topic"] == "scelta"
    button = offer["buttons"][0]
    await browser.asks(payload=button["payload"])
    pressed = [m for m in (await browser.page())["messages"] if m["author"] == "citizen"][-1]
    assert pressed["text"] == button["title"]
    assert fake_bot.asked[-1]["payload"] == button["payload"]
    assert "text" not in fake_bot.asked[-1]


async def test_a_person_can_always_be_asked_for(browser: Browser) -> None:
    (answer,) = await browser.asks(payload="parla_con_operatore")
    assert answer["topic"] == "parla_con_operatore"
    assert (await browser.page())["holder"] == "queue"


@pytest.mark.parametrize("payload", ["rimborso_ticket", "voto:5", "", "a b", "\x00", "x" * 65])
async def test_a_payload_that_no_button_carries_is_refused(browser: Browser, payload: str) -> None:
    response = await browser.posts(payload=payload)
    assert response.status_code == 422
    assert isinstance(response.json()["detail"], str)
    assert len((await browser.page())["messages"]) == 1


async def test_another_citizens_choice_cannot_be_pressed(client: httpx.AsyncClient) -> None:
    anna, bruno = await open_browser(client), await open_browser(client)
    (offer,) = await anna.asks(text="forse")
    own = {button["payload"] for button in bruno.messages[0]["buttons"]}
    known = own | {"parla_con_operatore"}
    payload = next(b["payload"] for b in offer["buttons"] if b["payload"] not in known)
    assert (await bruno.posts(payload=payload)).status_code == 422


async def test_an_emergency_is_answered_with_the_receipt(
    browser: Browser, fake_bot: FakeBot
) -> None:
    receipt = (await browser.posts(text="mi fa male il petto e non respiro")).json()
    page = await browser.page(after=receipt["seq"])
    (answer,) = page["messages"]
    assert (answer["author"], answer["topic"], answer["final"]) == ("bot", "emergenza", True)
    assert (answer["reply_to"], page["holder"]) == (receipt["id"], "queue")
    assert not fake_bot.asked


async def test_waiting_ends_as_soon_as_there_is_something_to_read(browser: Browser) -> None:
    waiting = asyncio.create_task(browser.page(after=1, wait=25))
    receipt = (await browser.posts(text="parcheggio")).json()
    async with asyncio.timeout(5):
        page = await waiting
    assert page["messages"][0]["id"] == receipt["id"]


async def test_waiting_for_nothing_ends_with_an_empty_page(browser: Browser) -> None:
    page = await browser.page(after=1, wait=0.1)
    assert page == {"messages": [], "holder": "bot"}


async def test_a_reading_key_is_shown_once(browser: Browser) -> None:
    (answer,) = await browser.asks(payload="parla_con_operatore")
    first = (await browser.page(after=answer["seq"] - 1))["messages"][0]["text"]
    await browser.page(after=answer["seq"])
    later = (await browser.page(after=answer["seq"] - 1))["messages"][0]["text"]
    assert first == answer["text"]
    assert later != first
    assert "(già mostrato)" in later


class Inviting(Channel):
    name, pulled = "telegram", True

    def invitation(self, code: str) -> str | None:
        return f"https://t.me/urp_bot?start=collega_{code}"

    async def send(self, message: Outbound) -> Receipt:
        raise AssertionError(message)


@pytest.mark.parametrize(
    ("title", "holds"),
    [("Telegram", "https://t.me/urp_bot?start=collega_{}"), ("", "collega {}")],
)
async def test_a_joining_code_is_a_qr_code_as_long_as_it_can_be_read(
    app: FastAPI, browser: Browser, title: str, holds: str
) -> None:
    if title:
        app.state.house.channels["telegram"] = Inviting()
    (answer,) = await browser.asks(text="collega")
    code = re.findall(r"\b\w{4}-\w{4}\b", answer["text"])[0]
    assert holds.format(code) in answer["text"]
    drawn = segno.make(holds.format(code), error="m", micro=False)
    [square] = answer["qr"]
    assert square["title"] == title
    assert square["image"] == drawn.svg_data_uri(
        border=4, light="#fff", svgclass=None, lineclass=None
    )
    await browser.page(after=answer["seq"])
    [later] = (await browser.page(after=answer["seq"] - 1))["messages"]
    assert "qr" not in later
    assert code not in later["text"]


@pytest.mark.parametrize(
    "query",
    ["after=-1", "after=abc", "after=99999999999", "wait=26", "wait=nan", "wait=-1", "after="],
)
async def test_a_wrong_query_gets_one_plain_sentence(browser: Browser, query: str) -> None:
    response = await browser.client.get(f"{ROOT}/messages?{query}", headers=browser.headers)
    assert response.status_code == 422
    assert isinstance(response.json()["detail"], str)


async def test_nothing_of_a_conversation_is_cached(browser: Browser) -> None:
    for response in (
        await browser.client.post(f"{ROOT}/sessions"),
        await browser.client.get(f"{ROOT}/messages", headers=browser.headers),
    ):
        assert response.headers["cache-control"] == "no-store"
