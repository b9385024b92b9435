"""Citizens who come as they come, whether or not the ones before them were answered."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from bench.faces import WebChat
from bench.ledger import Ledger

READERS = 10  # one citizen in so many waits for the answer; the others' is read off the database
LOOK = 1.0  # seconds between two looks at the queue
SURE = 3  # looks that find nobody waiting
PATIENCE = 900  # looks until a queue that does not drain is given up


@dataclass
class Burst:
    accepted: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)  # by what went wrong
    acknowledged_ms: list[float] = field(default_factory=list)
    waiting: list[float] = field(default_factory=list)  # messages, each second
    ages: list[float] = field(default_factory=list)  # seconds that the oldest has waited
    ended: bool = False  # the last citizen came
    drained_s: float = 0.0  # after the last message

    async def citizen(self, chat: WebChat, text: str, *, reads: bool) -> None:
        sender, began = str(uuid4()), time.perf_counter()
        try:
            await chat.greet(sender)
            began = time.perf_counter()
            asked = await chat.say(sender, text)
        except httpx.HTTPStatusError as error:
            self.refused[f"HTTP {error.response.status_code}"] += 1
            return
        except httpx.HTTPError as error:
            self.refused[type(error).__name__] += 1
            return
        self.accepted.append(asked)
        self.acknowledged_ms.append((time.perf_counter() - began) * 1000)
        if reads:
            await _read(chat, sender, asked)


async def _read(chat: WebChat, sender: str, asked: str) -> None:
    while True:
        try:
            if await chat.hear(sender, asked):
                return
        except httpx.HTTPError:
            await asyncio.sleep(1)


async def run(
    chat: WebChat,
    ledger: Ledger,
    texts: Sequence[str],
    *,
    per_second: float,
    events: dict[float, Callable[[], None]],
) -> Burst:
    """`events`: what happens so many seconds after the beginning."""
    burst = Burst()
    async with asyncio.TaskGroup() as citizens:
        drained = asyncio.create_task(_look_until_drained(burst, ledger))
        happening = [asyncio.create_task(_happen(*each)) for each in events.items()]
        async for number in _beats(len(texts), per_second):
            reads = number % READERS == 0
            citizens.create_task(burst.citizen(chat, texts[number], reads=reads))
        await asyncio.gather(*happening)
        burst.ended, ended_at = True, time.perf_counter()
        await drained
        burst.drained_s = time.perf_counter() - ended_at
    return burst


async def _beats(count: int, per_second: float) -> AsyncIterator[int]:
    began = time.perf_counter()
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        yield number


async def _happen(after: float, event: Callable[[], None]) -> None:
    await asyncio.sleep(after)
    event()


async def _look_until_drained(burst: Burst, ledger: Ledger) -> None:
    """Until nothing waited at some looks in a row after the last citizen."""
    left = PATIENCE
    while left and not (burst.ended and not any(burst.waiting[-SURE:])):
        queue = await ledger.queue()
        burst.waiting.append(queue["waiting"])
        burst.ages.append(round(queue["age"], 1))
        await asyncio.sleep(LOOK)
        left -= burst.ended
