"""One bot: its door, how much it is asked at this moment, and its breaker."""

import time
from typing import Any

import httpx
from pydantic import ValidationError

import journal
from handoff.bot.answers import Answer, BotAway, BotObjects, BotSilent
from handoff.bot.breaker import Breaker
from handoff.telemetry import NOBODY, Telemetry

TO_CONNECT = 1.0  # seconds; a machine that is switched off refuses nothing
OBJECTIONS = (409, 413, 422)  # to what was asked, not to who asks
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Bot:
    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        url: str,
        token: str,
        timeout: float,
        telemetry: Telemetry = NOBODY,
    ) -> None:
        self.breaker = Breaker()
        self.open_questions = 0
        self.turn = 0  # when it was asked last, counted in questions
        self._http, self._telemetry = http, telemetry
        self._url = url + "/webhooks/handoff/converse"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._patience = httpx.Timeout(timeout, connect=min(timeout, TO_CONNECT))

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
        try:
            response = await self._http.post(
                self._url,
                json=question,
                headers=self._headers | journal.headers(),
                timeout=self._patience,
            )
            response.raise_for_status()
            return Answer.model_validate_json(response.content)
        except NEVER_LEFT as error:
            raise BotAway("unreachable", type(error).__name__) from error
        except httpx.HTTPStatusError as error:
            raise _refusal(error.response.status_code) from error
        except httpx.TimeoutException as error:
            raise BotSilent("slow", type(error).__name__) from error
        except httpx.HTTPError as error:
            raise BotSilent("unreachable", type(error).__name__) from error
        except ValidationError as error:
            raise BotSilent("garbled", type(error).__name__) from error


def _refusal(status: int) -> BotSilent:
    kind = BotObjects if status in OBJECTIONS else BotSilent
    return kind("refused", f"HTTP {status}")
