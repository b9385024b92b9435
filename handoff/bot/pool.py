"""The bots, any of which may answer any conversation: what they remember lies in the database."""

import itertools
import logging
from collections.abc import Callable, Iterable
from typing import Any

from handoff.bot.addresses import Addresses
from handoff.bot.answers import Answer, BotAway, BotSilent
from handoff.bot.calls import Calls
from handoff.bot.door import Bot
from handoff.telemetry import NOBODY, Telemetry

TO_CONNECT = 1.0  # seconds; a machine that is switched off refuses nothing
logger = logging.getLogger(__name__)


class Bots:
    def __init__(
        self,
        addresses: Addresses,
        *,
        token: str,
        timeout: float,
        telemetry: Telemetry = NOBODY,
    ) -> None:
        self.addresses = addresses
        self._calls = Calls(to_connect=TO_CONNECT, timeout=timeout)
        self._token = token
        self._telemetry = telemetry
        self._known: dict[str, Bot] = {}
        self._turns = itertools.count(1)

    async def ask(
        self, question: dict[str, Any], *, once: Callable[[], bool] = lambda: False
    ) -> Answer:
        """One answer to one message, asked for twice at most; BotSilent when there is none.

        `once`: looked at before it is asked for again.
        Asking again is safe wherever it goes: a bot knows a message that was answered.
        """
        silent: set[Bot] = set()
        for is_last in (False, True):
            present = await self._present()
            try:
                return await self._ask_one(question, _in_turn(present, last=silent), silent)
            except BotSilent as error:
                logger.warning("bot silent: %s", error)
                if is_last or once() or all(bot.breaker.is_open for bot in present):
                    raise
        raise BotSilent("breaker", "not asked")

    async def _ask_one(
        self, question: dict[str, Any], bots: Iterable[Bot], silent: set[Bot]
    ) -> Answer:
        """The first that is there; one that is not costs nothing but the try."""
        failure = BotSilent("breaker", "breaker open")
        for bot in bots:
            if not bot.breaker.lets_through():
                continue
            bot.turn = next(self._turns)
            try:
                return await bot.ask(question)
            except BotAway as away:
                failure = away
            except BotSilent:
                silent.add(bot)
                raise
        raise failure

    @property
    def are_given_up(self) -> bool:
        """Whether every bot that was asked so far is left alone because it failed too often."""
        known = self._known.values()
        return bool(known) and all(bot.breaker.is_open for bot in known)

    async def _present(self) -> list[Bot]:
        urls = await self.addresses.now()
        self._known = {url: self._known.get(url) or self._new(url) for url in urls}
        return list(self._known.values())

    def _new(self, url: str) -> Bot:
        return Bot(self._calls, url=url, token=self._token, telemetry=self._telemetry)

    async def close(self) -> None:
        await self._calls.close()


def _in_turn(bots: Iterable[Bot], *, last: set[Bot]) -> list[Bot]:
    """Who has the fewest open questions, then who was asked longest ago; the silent at the end."""
    return sorted(bots, key=lambda bot: (bot in last, bot.open_questions, bot.turn))
