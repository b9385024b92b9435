"""Asking the bots, and not asking one while it is known to be dead."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack

import pytest

from handoff.bot import FAILURES_TO_OPEN, OPEN_FOR, Addresses, Bots, BotSilent, Breaker
from tests.fake_bot import FakeBot

QUESTION = {"conversation_id": "c", "message_id": "m", "text": "dove parcheggio?"}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


NOBODY = "http://127.0.0.1:9"
Pool = Callable[..., Bots]


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    async with AsyncExitStack() as open_ones:

        def of(*urls: str, timeout: float = 0.3) -> Bots:
            bots = Bots(Addresses(urls), token="b" * 32, timeout=timeout)
            open_ones.push_async_callback(bots.close)
            return bots

        yield of


@pytest.fixture
def other_bot() -> Iterator[FakeBot]:
    with FakeBot() as bot:
        yield bot


async def test_an_answer_by_the_contract_is_read(pool: Pool, fake_bot: FakeBot) -> None:
    answer = await pool(fake_bot.url).ask(QUESTION)
    assert [reply.say for reply in answer.replies] == ["parcheggio"]


@pytest.mark.parametrize("fault", ["broken", "empty", "hang"])
async def test_no_usable_answer_is_asked_for_twice_and_then_silence(
    pool: Pool, fake_bot: FakeBot, fault: str
) -> None:
    fake_bot.fault = fault
    with pytest.raises(BotSilent):
        await pool(fake_bot.url).ask(QUESTION)
    assert len(fake_bot.asked) == 2


async def test_a_question_is_not_carried_on_to_where_a_bot_sends_it(
    pool: Pool, fake_bot: FakeBot, other_bot: FakeBot
) -> None:
    fake_bot.sends_on_to = f"{other_bot.url}/webhooks/handoff/converse"
    with pytest.raises(BotSilent):
        await pool(fake_bot.url).ask(QUESTION)
    assert other_bot.asked == []


async def test_nobody_listening_is_silence(pool: Pool) -> None:
    with pytest.raises(BotSilent):
        await pool(NOBODY).ask(QUESTION)


async def test_bots_are_asked_in_turn_and_the_busy_one_less(
    pool: Pool, fake_bot: FakeBot, other_bot: FakeBot
) -> None:
    bots = pool(fake_bot.url, other_bot.url, timeout=10)
    for _ in range(4):
        await bots.ask(QUESTION)
    assert (len(fake_bot.asked), len(other_bot.asked)) == (2, 2)
    fake_bot.fault = "hang"
    slow = asyncio.create_task(bots.ask(QUESTION))
    await asyncio.sleep(0)  # it is on its way
    for _ in range(4):
        await bots.ask(QUESTION)
    assert len(other_bot.asked) == 6
    fake_bot.unhang.set()
    await slow


@pytest.mark.parametrize("fault", ["broken", "hang"])
async def test_what_one_bot_cannot_answer_another_does(
    pool: Pool, fake_bot: FakeBot, other_bot: FakeBot, fault: str
) -> None:
    fake_bot.fault = fault
    bots = pool(fake_bot.url, other_bot.url)
    for _ in range(2 * FAILURES_TO_OPEN):
        assert (await bots.ask(QUESTION)).replies[0].say == "parcheggio"
    assert len(fake_bot.asked) == FAILURES_TO_OPEN  # then it is left alone
    assert len(other_bot.asked) == 2 * FAILURES_TO_OPEN


async def test_a_bot_that_is_not_there_costs_no_message(pool: Pool, fake_bot: FakeBot) -> None:
    bots = pool(NOBODY, fake_bot.url)
    for _ in range(2 * FAILURES_TO_OPEN):
        await bots.ask(QUESTION)
    assert len(fake_bot.asked) == 2 * FAILURES_TO_OPEN


async def test_every_address_of_a_name_is_a_bot_also_one_that_comes_later() -> None:
    clock, hosts = Clock(), ["10.0.0.1"]

    async def resolve(host: str, port: int) -> Sequence[str]:
        assert (host, port) == ("bot", 5005)
        if not hosts:
            raise OSError
        return tuple(hosts)

    addresses = Addresses(
        ["http://bot:5005/", "http://10.0.0.9:1", "https://away"], resolve=resolve, clock=clock
    )
    fixed = ["http://10.0.0.9:1", "https://away"]
    assert await addresses.now() == ["http://10.0.0.1:5005", *fixed]
    hosts.append("10.0.0.2")
    assert await after_a_look(addresses, clock) == [
        "http://10.0.0.1:5005",
        "http://10.0.0.2:5005",
        *fixed,
    ]
    hosts.clear()  # the name server is away: what was known stays
    assert len(await after_a_look(addresses, clock)) == 4


async def after_a_look(addresses: Addresses, clock: Clock) -> list[str]:
    clock.now += 60
    await addresses.now()
    for _ in range(3):
        await asyncio.sleep(0)
    return await addresses.now()


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
