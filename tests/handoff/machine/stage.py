"""Who stands around the service: a bot and providers whose every answer the test gives."""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy.exc import OperationalError

from handoff.bot import Answer, Bots
from handoff.channel import (
    Channel,
    Outbound,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    UnknownOutcome,
    Unreachable,
)
from handoff.telemetry import Telemetry
from tests.fake_bot import by_the_contract

WORDS = {
    "parcheggio": "dove posso parcheggiare?",
    "parla_con_operatore": "vorrei una persona",
    "non_capito": "tutto e niente",
    "emergenza": "mio padre ha un infarto in corso",
}
FAILURES = {
    "throttled": TemporaryFailure("429", retry_after=timedelta(seconds=30)),
    "away": TemporaryFailure("503"),
    "silent": UnknownOutcome("timed out"),
    "refused": PermanentFailure("400"),
    "blocked": Unreachable("403"),
}
TOOK = ("ok", "silent", "killed")  # the provider has it, whatever we know


class Gates:
    """Calls that wait for what the test lets come of them."""

    def __init__(self) -> None:
        self.latest: asyncio.Future[Any] | None = None
        self.entered = asyncio.Event()

    async def wait(self) -> Any:
        self.latest = asyncio.get_running_loop().create_future()
        self.entered.set()
        return await self.latest


class AskedBot(Bots):
    def __init__(self, gates: Gates) -> None:
        self._gates = gates

    async def ask(
        self, question: dict[str, Any], *, once: Callable[[], bool] = lambda: False
    ) -> Answer:
        answer: Answer = await self._gates.wait()
        return answer


class Strict(Telemetry):
    """No worker fails at its job for any other reason than that the database was away."""

    def failed(self, queue: str) -> None:
        assert isinstance(sys.exception(), OperationalError)


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


def answer_to(text: str) -> Answer:
    """The bot's, to what the citizen wrote."""
    [topic] = [topic for topic, words in WORDS.items() if text.startswith(words)]
    return Answer.model_validate(by_the_contract(topic))
