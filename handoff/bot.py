"""Asks the Rasa server; a circuit breaker keeps a dead one from slowing everybody."""

import time
from collections.abc import Callable
from typing import Annotated, Any, Literal

import httpx
from pydantic import BaseModel, Field, ValidationError, model_validator

import journal
from handoff.telemetry import NOBODY, Telemetry

FAILURES_TO_OPEN = 5
OPEN_FOR = 5.0  # seconds until one question is let through again


class BotSilent(Exception):
    """No usable answer. `why`: breaker | refused | unreachable | slow | garbled."""

    def __init__(self, why: str, detail: str) -> None:
        super().__init__(detail)
        self.why = why


class Reply(BaseModel):
    say: str | None = None
    values: Annotated[dict[str, Any], Field(alias="with", default_factory=dict)]
    text: str | None = None


class TicketWish(BaseModel):
    kind: str
    reason: str
    topic: str | None = None
    fields: dict[str, Any] = Field(default_factory=dict)


class Answer(BaseModel):
    replies: Annotated[list[Reply], Field(min_length=1)]
    parse: dict[str, Any] = Field(default_factory=dict)
    decision: Literal["answer", "offer", "decline", "handoff", "form"]
    ticket: TicketWish | None = None
    model: str | None = None

    @model_validator(mode="after")
    def _speaks_in_keys(self) -> "Answer":
        if any(reply.say is None for reply in self.replies):
            raise ValueError("a reply without a key: only approved words are said")
        return self


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
        self._telemetry = telemetry
        self._http = http
        self._url = url.rstrip("/") + "/webhooks/handoff/converse"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = timeout

    async def ask(self, question: dict[str, Any]) -> Answer:
        """One answer to one message; anything else is BotSilent."""
        began = time.perf_counter()
        try:
            answer = await self._ask(question)
        except BotSilent as silent:
            self._telemetry.silent(silent.why, time.perf_counter() - began)
            raise
        self._telemetry.answered(answer.decision, time.perf_counter() - began)
        return answer

    async def _ask(self, question: dict[str, Any]) -> Answer:
        if not self.breaker.lets_through():
            raise BotSilent("breaker", "breaker open")
        try:
            answer = await self._answer(question)
        except BotSilent:
            self.breaker.failed()
            raise
        self.breaker.succeeded()
        return answer

    async def _answer(self, question: dict[str, Any]) -> Answer:
        headers = self._headers | journal.headers()
        try:
            response = await self._http.post(
                self._url, json=question, headers=headers, timeout=self._timeout
            )
            response.raise_for_status()
            return Answer.model_validate_json(response.content)
        except httpx.HTTPStatusError as error:
            raise BotSilent("refused", f"HTTP {error.response.status_code}") from error
        except httpx.TimeoutException as error:
            raise BotSilent("slow", type(error).__name__) from error
        except httpx.HTTPError as error:
            raise BotSilent("unreachable", type(error).__name__) from error
        except ValidationError as error:
            raise BotSilent("garbled", type(error).__name__) from error


class Breaker:
    """Opens after some failures in a row; then lets one question through at a time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._closed_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._failures >= FAILURES_TO_OPEN and self._clock() < self._closed_at

    def lets_through(self) -> bool:
        if self._failures < FAILURES_TO_OPEN:
            return True
        if self._clock() < self._closed_at:
            return False
        self._closed_at = self._clock() + OPEN_FOR  # this one question tries it
        return True

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= FAILURES_TO_OPEN:
            self._closed_at = self._clock() + OPEN_FOR

    def succeeded(self) -> None:
        self._failures = 0
