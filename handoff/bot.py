"""Asks the Rasa server; a circuit breaker keeps a dead one from slowing everybody."""

import time
from collections.abc import Callable
from typing import Annotated, Any, Literal

import httpx
from pydantic import BaseModel, Field, ValidationError, model_validator

FAILURES_TO_OPEN = 5
OPEN_FOR = 5.0  # seconds until one question is let through again


class BotSilent(Exception):
    """No usable answer: down, slow, broken, or the breaker is open."""


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
    def __init__(self, http: httpx.AsyncClient, *, url: str, token: str, timeout: float) -> None:
        self.breaker = Breaker()
        self._http = http
        self._url = url.rstrip("/") + "/webhooks/handoff/converse"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._timeout = timeout

    async def ask(self, question: dict[str, Any]) -> Answer:
        """One answer to one message; anything else is BotSilent."""
        if not self.breaker.lets_through():
            raise BotSilent("breaker open")
        try:
            response = await self._http.post(
                self._url, json=question, headers=self._headers, timeout=self._timeout
            )
            response.raise_for_status()
            answer = Answer.model_validate_json(response.content)
        except httpx.HTTPStatusError as error:
            self._refused(error.response)
            raise BotSilent(f"HTTP {error.response.status_code}") from error
        except (httpx.HTTPError, ValidationError) as error:
            self.breaker.failed()
            raise BotSilent(type(error).__name__) from error
        self.breaker.succeeded()
        return answer

    def _refused(self, response: httpx.Response) -> None:
        """A bot that finds fault with one question lives, and answers others."""
        if response.is_server_error or response.status_code == httpx.codes.UNAUTHORIZED:
            self.breaker.failed()
        else:
            self.breaker.succeeded()


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
