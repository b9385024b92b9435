"""Who stands around the service: a bot and providers whose every answer the test gives."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any, ClassVar

from handoff.bot import Answer, Breaker
from handoff.channel import Channel, Outbound, Receipt


class Gates:
    """Calls that wait for what the test lets come of them."""

    def __init__(self) -> None:
        self.latest: asyncio.Future[Any] | None = None
        self.entered = asyncio.Event()

    async def wait(self) -> Any:
        self.latest = asyncio.get_running_loop().create_future()
        self.entered.set()
        return await self.latest


class AskedBot:
    def __init__(self, gates: Gates) -> None:
        self.breaker = Breaker()
        self._gates = gates

    async def ask(self, question: dict[str, Any]) -> Answer:
        answer: Answer = await self._gates.wait()
        return answer


class Provider(Channel):
    """Writes down what it was given; what it took it took, whether or not we learn of it."""

    name: ClassVar[str] = "post"
    reports_within: ClassVar[timedelta | None] = timedelta(minutes=2)

    def __init__(self, gates: Gates) -> None:
        self._gates = gates
        self.asked: Counter[str] = Counter()  # requests, by key
        self.took: list[str] = []  # keys, in order

    async def send(self, message: Outbound) -> Receipt:
        self.asked[message.key] += 1
        receipt: Receipt = await self._gates.wait()
        return receipt


class Letters(Provider):
    """Recognises repeats."""

    name = "letters"
    recognises_repeats = True
    reports_within = None


class Page(Provider):
    """Citizens fetch from it."""

    name = "page"
    pulled = True
