"""Asking the bot, and not asking it while it is known to be dead."""

import httpx
import pytest

from handoff.bot import FAILURES_TO_OPEN, OPEN_FOR, Bot, BotSilent, Breaker
from tests.fake_bot import FakeBot

QUESTION = {"conversation_id": "c", "message_id": "m", "text": "dove parcheggio?"}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def ask(url: str, question: dict[str, str] = QUESTION) -> object:
    async with httpx.AsyncClient(trust_env=False) as http:
        return await Bot(http, url=url, token="b" * 32, timeout=0.3).ask(question)


async def test_an_answer_by_the_contract_is_read(fake_bot: FakeBot) -> None:
    answer = await ask(fake_bot.url)
    assert [reply.say for reply in answer.replies] == ["parcheggio"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("fault", ["broken", "empty", "hang"])
async def test_no_usable_answer_is_silence(fake_bot: FakeBot, fault: str) -> None:
    fake_bot.fault = fault
    with pytest.raises(BotSilent):
        await ask(fake_bot.url)


async def test_nobody_listening_is_silence() -> None:
    with pytest.raises(BotSilent):
        await ask("http://127.0.0.1:9")


def test_the_breaker_opens_after_failures_in_a_row_and_tries_one_question_later() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(FAILURES_TO_OPEN):
        assert breaker.lets_through()
        breaker.failed()
    assert not breaker.lets_through()
    clock.now += OPEN_FOR
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]
    breaker.succeeded()
    assert breaker.lets_through()


def test_one_success_forgets_the_failures_before_it() -> None:
    breaker = Breaker(Clock())
    for _ in range(3 * FAILURES_TO_OPEN):
        breaker.failed()
        breaker.succeeded()
    assert breaker.lets_through()
