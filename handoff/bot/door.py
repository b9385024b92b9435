"""One bot: its door, how much it is asked at this moment, and its breaker."""

from typing import Any

import httpx
from pydantic import ValidationError

from handoff.bot.answers import Answer, BotAway, BotSilent
from handoff.bot.breaker import Breaker

TO_CONNECT = 1.0  # seconds; a machine that is switched off refuses nothing
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Bot:
    def __init__(self, http: httpx.AsyncClient, *, url: str, token: str, timeout: float) -> None:
        self.breaker = Breaker()
        self.open_questions = 0
        self.turn = 0  # when it was asked last, counted in questions
        self._http = http
        self._url = url + "/webhooks/handoff/converse"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._patience = httpx.Timeout(timeout, connect=min(timeout, TO_CONNECT))

    async def ask(self, question: dict[str, Any]) -> Answer:
        """Its answer; anything else is BotSilent, and counts for the breaker."""
        self.open_questions += 1
        try:
            answer = await self._ask(question)
        except BotSilent:
            self.breaker.failed()
            raise
        finally:
            self.open_questions -= 1
        self.breaker.succeeded()
        return answer

    async def _ask(self, question: dict[str, Any]) -> Answer:
        try:
            response = await self._http.post(
                self._url, json=question, headers=self._headers, timeout=self._patience
            )
            response.raise_for_status()
            return Answer.model_validate_json(response.content)
        except NEVER_LEFT as error:
            raise BotAway(type(error).__name__) from error
        except httpx.HTTPStatusError as error:
            raise BotSilent(f"HTTP {error.response.status_code}") from error
        except (httpx.HTTPError, ValidationError) as error:
            raise BotSilent(type(error).__name__) from error
