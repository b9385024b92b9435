"""One request, followed by its id from the edge to the delivery; and nobody's words on the way."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from handoff.settings import Settings
from handoff.tables import Message
from tests.channels.conftest import SETTINGS
from tests.channels.going_out import outbox
from tests.fake_bot import FakeBot
from tests.fake_telegram import SECRET_HEADER, TOKEN, FakeTelegram, flood
from tests.handoff.browser import open_browser
from tests.written import Written, writing

ID = "a1b2c3d4e5f6a7b8c9d0e1f2"
SECRETS = (TOKEN, SETTINGS["SPORTELLO_TELEGRAM_WEBHOOK_SECRET"], "b" * 32, "i" * 32)
PRIVATE = ("RSSMRA80A01H501U", "340 1234567", "Fittizi", "parchegg")
QUESTION = "dove si parcheggia?"
TEXT = "sono Anna Fittizi, codice fiscale RSSMRA80A01H501U, 340 1234567: c'è parcheggio?"


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTelegram]:
    with FakeTelegram() as telegram:
        monkeypatch.setenv("SPORTELLO_TELEGRAM_API_URL", telegram.api_url)
        yield telegram


@pytest.fixture
def settings(settings: Settings, telegram: FakeTelegram) -> Settings:
    return settings.model_copy(update={"channels": ("telegram", "webchat")})


@pytest.fixture
def written() -> Iterator[Written]:
    with writing() as written:
        yield written


async def request_ids(app: FastAPI) -> list[tuple[str, str | None]]:
    async with app.state.database.read() as session:
        rows = await session.scalars(select(Message).order_by(Message.created_at, Message.seq))
        return [(row.author, row.trace.get("request_id")) for row in rows]


async def test_one_id_from_the_web_chat_to_the_bots_answer(
    app: FastAPI, client: httpx.AsyncClient, fake_bot: FakeBot, written: Written
) -> None:
    browser = await open_browser(client)
    client.headers["X-Request-Id"] = ID
    response = await browser.posts(text=QUESTION)
    assert response.headers["X-Request-Id"] == ID
    await browser.page(after=response.json()["seq"], wait=10)
    assert fake_bot.request_ids == [ID]
    assert (await request_ids(app))[-2:] == [("citizen", ID), ("bot", ID)]
    (received,) = written.lines(event="received", request_id=ID)
    assert (received["message"], received["channel"]) == (response.json()["id"], "webchat")
    assert written.lines(event="seen to", request_id=ID, message=received["message"])


async def test_one_id_from_a_webhook_to_the_delivery(
    app: FastAPI,
    client: httpx.AsyncClient,
    telegram: FakeTelegram,
    fake_bot: FakeBot,
    written: Written,
) -> None:
    chat = {"id": 42, "type": "private"}
    message = {"message_id": 1, "date": 1, "chat": chat, "text": QUESTION}
    message["from"] = {"id": 42, "is_bot": False, "first_name": "Anna", "last_name": "Fittizi"}
    telegram.fail("sendMessage", None, flood(0))
    response = await client.post(
        "/webhooks/telegram",
        json={"update_id": 7, "message": message},
        headers={SECRET_HEADER: SETTINGS["SPORTELLO_TELEGRAM_WEBHOOK_SECRET"], "X-Request-Id": ID},
    )
    assert response.headers["X-Request-Id"] == ID
    answer = await outbox(app, number=2, state="sent")
    assert fake_bot.request_ids == [ID]
    attempts = written.lines(event="attempt", request_id=ID, message=answer.message_id)
    assert [line["result"] for line in attempts] == ["later", "sent"]
    assert attempts[-1] | {"channel": "telegram", "number": 2} == attempts[-1]


async def test_no_log_holds_a_citizens_words_or_a_secret_whatever_fails(
    app: FastAPI,
    client: httpx.AsyncClient,
    telegram: FakeTelegram,
    fake_bot: FakeBot,
    written: Written,
) -> None:
    """At the finest level, of every library, in both forms."""
    browser = await open_browser(client)
    fake_bot.fault = "broken"
    await browser.asks(text=TEXT)
    fake_bot.fault = "unknown_words"
    await browser.asks(text=f"un'altra persona, {TEXT}")
    telegram.fail("sendMessage", flood(0))
    headers = {SECRET_HEADER: SETTINGS["SPORTELLO_TELEGRAM_WEBHOOK_SECRET"]}
    broken = {"update_id": 8, "message": {"text": TEXT, "chat": TEXT}}
    await client.post("/webhooks/telegram", json=broken, headers=headers)
    await client.post("/webhooks/telegram", content=TEXT.encode(), headers=headers)
    app.add_api_route("/broken", _fail)
    with pytest.raises(ZeroDivisionError):
        await client.get("/broken", params={"q": TEXT}, headers={"X-Request-Id": ID})
    assert written.lines(event="received")
    assert written.lines(level="error", request_id=ID)
    held = [word for word in (*PRIVATE, *SECRETS, browser.token) if word in written.whole]
    assert held == []


def _fail() -> None:
    raise ZeroDivisionError(TEXT)
