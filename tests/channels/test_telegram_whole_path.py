"""From a citizen's Telegram through the whole service and back, by polling and by webhook."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from handoff.settings import Settings
from handoff.tables import Attempt, Ticket
from tests.channels.going_out import outbox
from tests.fake_bot import FakeBot
from tests.fake_telegram import BLOCKED, DROP, FakeTelegram, flood
from tests.handoff.talk import Citizen


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as telegram:
        yield telegram


@pytest.fixture(params=["polling", "webhook"])
def mode(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    telegram: FakeTelegram,
    port: int,
) -> str:
    url = f"http://127.0.0.1:{port}/webhooks/telegram"
    monkeypatch.setenv("SPORTELLO_TELEGRAM_API_URL", telegram.api_url)
    monkeypatch.setenv("SPORTELLO_TELEGRAM_MODE", request.param)
    monkeypatch.setenv("SPORTELLO_TELEGRAM_BOT_NAME", "urp_bot")
    monkeypatch.setenv("SPORTELLO_TELEGRAM_WEBHOOK_URL", url)
    return str(request.param)


@pytest.fixture
def settings(settings: Settings, mode: str) -> Settings:
    return settings.model_copy(update={"channels": ("telegram", "webchat")})


def words(service: FastAPI, key: str) -> str:
    return str(service.state.knowledge.wording(key).text)


def texts(telegram: FakeTelegram) -> list[str]:
    return [fields["text"] for fields in telegram.sent]


def payloads(fields: dict[str, Any]) -> list[str]:
    rows = json.loads(fields["reply_markup"])["inline_keyboard"]
    return [button["callback_data"] for row in rows for button in row]


async def until(telegram: FakeTelegram, condition: Callable[[], object]) -> None:
    await asyncio.to_thread(telegram.wait_until, condition, seconds=20)


async def test_a_citizen_asks_chooses_and_is_answered(
    service: FastAPI, telegram: FakeTelegram
) -> None:
    telegram.write("forse una visita?")
    await until(telegram, lambda: len(telegram.sent) == 2)
    assert payloads(telegram.sent[-1])[:2] == ["parcheggio", "come_arrivare"]
    telegram.press("parcheggio")
    await until(telegram, lambda: len(telegram.sent) == 3)
    assert texts(telegram)[-1] == words(service, "parcheggio")
    await until(telegram, lambda: telegram.called("answerCallbackQuery"))


async def test_start_is_greeted(
    service: FastAPI, telegram: FakeTelegram, fake_bot: FakeBot
) -> None:
    telegram.write("/start")
    await until(telegram, lambda: len(telegram.sent) == 2)
    assert texts(telegram)[-1] == words(service, "saluto")
    assert "text" not in fake_bot.asked[0]


async def test_a_link_with_a_code_brings_a_citizen_of_the_chat_here_and_asks(
    service: FastAPI, telegram: FakeTelegram
) -> None:
    chat = Citizen(service.state.gateway)
    [given] = await chat.hears("collega")
    link = re.search(r"https://t\.me/urp_bot\?start=(\S+)", given.text_for_citizen())
    assert link
    telegram.write(f"/start {link[1]}")
    await until(telegram, lambda: len(telegram.sent) == 2)
    assert payloads(telegram.sent[-1]) == ["canali:si", "canali:no"]
    telegram.press("canali:si")
    await until(telegram, lambda: len(telegram.sent) == 3)
    assert (await chat.everything())[-1].topic == "collegato_avviso"
    assert (await chat.conversation()).citizen_id


async def test_an_emergency_is_answered_at_once_and_opens_a_ticket(
    service: FastAPI, telegram: FakeTelegram, fake_bot: FakeBot
) -> None:
    fake_bot.fault = "hang"
    telegram.write("mi fa male il petto e non respiro")
    await until(telegram, lambda: any("112" in text for text in texts(telegram)[1:]))
    async with service.state.database.read() as session:
        (ticket,) = await session.scalars(select(Ticket))
    assert ticket.kind == "emergenza"
    assert fake_bot.asked == []


async def test_a_voice_message_gets_an_honest_answer(
    service: FastAPI, telegram: FakeTelegram, fake_bot: FakeBot
) -> None:
    telegram.show({"voice": {"file_id": "AwAC", "duration": 3}})
    await until(telegram, lambda: len(telegram.sent) == 2)
    assert texts(telegram)[-1] == words(service, "allegato_ricevuto")
    assert fake_bot.asked == []


async def test_a_repeated_update_is_answered_once(
    service: FastAPI, telegram: FakeTelegram, fake_bot: FakeBot
) -> None:
    update = telegram.write("dove posso parcheggiare?")
    await until(telegram, lambda: not telegram.pending)
    telegram.push(update)
    await until(telegram, lambda: not telegram.pending)
    telegram.write("e domani, dove posso parcheggiare?")
    await until(telegram, lambda: len(telegram.sent) == 3)
    await outbox(service, number=3, state="sent")
    assert texts(telegram)[1:] == [words(service, "parcheggio")] * 2
    assert len(fake_bot.asked) == 2


async def test_a_citizen_who_blocked_us_is_a_failure_with_its_reason(
    service: FastAPI, telegram: FakeTelegram
) -> None:
    telegram.fail("sendMessage", BLOCKED)
    telegram.write("dove posso parcheggiare?")
    row = await outbox(service, number=1, state="failed")
    assert row.reason == "Forbidden: bot was blocked by the user"
    assert row.attempts == 1


async def test_a_flooded_telegram_gets_the_message_later_and_once(
    service: FastAPI, telegram: FakeTelegram
) -> None:
    telegram.fail("sendMessage", flood(1))
    telegram.write("dove posso parcheggiare?")
    await outbox(service, number=2, state="sent")
    assert texts(telegram)[1:] == [words(service, "parcheggio")]
    assert len(telegram.sent) == 2
    async with service.state.database.read() as session:
        first, second, _ = await session.scalars(select(Attempt).order_by(Attempt.id))
    assert (second.started_at - first.started_at).total_seconds() >= 1


async def test_a_message_that_may_have_arrived_is_not_sent_again(
    service: FastAPI, telegram: FakeTelegram
) -> None:
    telegram.fail("sendMessage", None, DROP)
    telegram.write("dove posso parcheggiare?")
    row = await outbox(service, number=2, state="unknown")
    assert row.attempts == 1
