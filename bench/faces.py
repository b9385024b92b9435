"""Three ways to ask the same: our web chat, our bot's bare door, stock Rasa's `rest` channel."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

import httpx

WAIT = 25  # seconds that the web chat holds a request until there is something new


class Face(Protocol):
    async def greet(self, sender: str) -> None: ...

    async def ask(self, sender: str, text: str) -> bool:
        """Whether there was an answer."""


class Http(Protocol):
    """What is used of httpx; `bench.wire` offers it too."""

    async def get(self, path: str, /, *, params: Any = ..., headers: Any = ...) -> Any: ...

    async def post(self, path: str, /, *, json: Any = ..., headers: Any = ...) -> Any: ...


class InTurn:
    """A client of several addresses of one service: each call goes to the next."""

    def __init__(self, clients: Sequence[httpx.AsyncClient]) -> None:
        self._next = itertools.cycle(clients)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await next(self._next).get(path, **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        return await next(self._next).post(path, **options)


@dataclass
class WebChat:
    http: Http
    tokens: dict[str, str] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)
    topics: dict[str, str | None] = field(default_factory=dict)

    async def greet(self, sender: str) -> None:
        opened = await self.http.post("/api/webchat/sessions")
        body = opened.raise_for_status().json()
        self.tokens[sender] = f"Bearer {body['token']}"
        self.seen[sender] = max(message["seq"] for message in body["messages"])

    async def say(self, sender: str, text: str) -> str:
        """The message's id, once it is accepted."""
        sent = await self.http.post(
            "/api/webchat/messages",
            json={"client_message_id": str(uuid4()), "text": text},
            headers={"Authorization": self.tokens[sender]},
        )
        accepted = sent.raise_for_status().json()
        self.seen[sender] = accepted["seq"]  # its own words it knows
        return str(accepted["id"])

    async def ask(self, sender: str, text: str) -> bool:
        return await self.hear(sender, await self.say(sender, text))

    async def hear(self, sender: str, asked: str) -> bool:
        """Whether the message was answered."""
        for _ in range(3):
            for message in await self._news(sender):
                if message["reply_to"] == asked and message["final"]:
                    self.topics[sender] = message["topic"]
                    return True
        return False

    async def _news(self, sender: str) -> list[dict[str, Any]]:
        answer = await self.http.get(
            "/api/webchat/messages",
            params={"after": self.seen[sender], "wait": WAIT},
            headers={"Authorization": self.tokens[sender]},
        )
        body = answer.raise_for_status().json()
        self.holders[sender] = body["holder"]
        messages: list[dict[str, Any]] = body["messages"]
        self.seen[sender] = max([self.seen[sender], *(each["seq"] for each in messages)])
        return messages


@dataclass
class Door:
    http: Http
    token: str

    async def greet(self, sender: str) -> None:
        """A conversation begins with its first message."""

    async def ask(self, sender: str, text: str) -> bool:
        answer = await self.http.post(
            "/webhooks/handoff/converse",
            json={"conversation_id": sender, "message_id": str(uuid4()), "text": text},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        return bool(answer.raise_for_status().json()["replies"])


@dataclass
class Rest:
    http: Http

    async def greet(self, sender: str) -> None:
        """A conversation begins with its first message."""

    async def ask(self, sender: str, text: str) -> bool:
        answer = await self.http.post(
            "/webhooks/rest/webhook", json={"sender": sender, "message": text}
        )
        return bool(answer.raise_for_status().json())  # `[]` is what an error looks like
