"""One bot: its door, how much it is asked at this moment, and its breaker."""

import time
from typing import Any

import aiohttp
from pydantic import ValidationError

import journal
from handoff.bot.answers import Answer, BotAway, BotObjects, BotSilent
from handoff.bot.breaker import Breaker
from handoff.bot.calls import Calls, NotReached
from handoff.telemetry import NOBODY, Telemetry

OK = 200
OBJECTIONS = (409, 413, 422)  # to what was asked, not to who asks


class Bot:
    def __init__(
        self, calls: Calls, *, url: str, token: str, telemetry: Telemetry = NOBODY
    ) -> None:
        self.breaker = Breaker()
        self.open_questions = 0
        self.turn = 0  # when it was asked last, counted in questions
        self._calls, self._telemetry = calls, telemetry
        self._url = url + "/webhooks/handoff/converse"
        self._headers = {"Authorization": f"Bearer {token}"}

    async def ask(self, question: dict[str, Any]) -> Answer:
        """Its answer; anything else is BotSilent, and counts for the breaker."""
        self.open_questions += 1
        began = time.perf_counter()
        try:
            answer = await self._ask(question)
        except BotSilent as silent:
            self._count(silent)
            self._telemetry.silent(silent.why, time.perf_counter() - began)
            raise
        finally:
            self.open_questions -= 1
        self.breaker.succeeded()
        self._telemetry.answered(answer.decision, time.perf_counter() - began)
        return answer

    def _count(self, silent: BotSilent) -> None:
        if isinstance(silent, BotObjects):
            self.breaker.succeeded()
        else:
            self.breaker.failed()

    async def _ask(self, question: dict[str, Any]) -> Answer:
        headers = self._headers | journal.headers()
        try:
            status, content = await self._calls.post(self._url, question, headers)
        except NotReached as error:
            raise BotAway("unreachable", str(error)) from error
        except TimeoutError as error:
            raise BotSilent("slow", type(error).__name__) from error
        except aiohttp.ClientError as error:
            raise BotSilent("unreachable", type(error).__name__) from error
        if status != OK:
            raise _refusal(status)
        try:
            return Answer.model_validate_json(content)
        except ValidationError as error:
            raise BotSilent("garbled", type(error).__name__) from error


def _refusal(status: int) -> BotSilent:
    kind = BotObjects if status in OBJECTIONS else BotSilent
    return kind("refused", f"HTTP {status}")
