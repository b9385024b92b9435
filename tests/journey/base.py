"""A citizen's side of a channel: writes, reads, presses; its provider tells what arrived."""

import re
from dataclasses import dataclass
from itertools import count
from typing import Any, ClassVar

import httpx

NUMBERS = count(1)
LINE = re.compile(r"^(\d{1,2})\. (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of those under a message; `payload` is empty where only its number can be written."""

    title: str
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the citizen sees it; `look` is how the choices are drawn."""

    text: str
    choices: tuple[Choice, ...] = ()
    look: str = ""


class Side:
    """`tells`: the states of a message that this provider tells of by itself, in order."""

    name: ClassVar[str]
    by: ClassVar[str]  # how messages come and go, in a few words
    note: ClassVar[str]  # what whoever looks at the table should know
    answers_alone: ClassVar[bool] = True  # the assistant may speak here
    tells: ClassVar[tuple[str, ...]] = ()

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    @classmethod
    def at(cls, http: httpx.AsyncClient, provider: Any) -> "Side":
        """With the provider's fake behind it; the web chat has none."""
        return cls(http) if provider is None else cls(http, provider)

    async def write(self, text: str) -> None:
        raise NotImplementedError

    async def read(self) -> list[Shown]:
        """All that reached the citizen until now."""
        raise NotImplementedError

    async def press(self, choice: Choice) -> None:
        raise NotImplementedError

    async def tell(self, state: str) -> None:
        """The provider tells us what became of the last message that it took."""
        raise NotImplementedError

    async def post(self, path: str, raw: bytes, headers: dict[str, str]) -> None:
        response = await self.http.post(path, content=raw, headers=headers)
        response.raise_for_status()


def buttons(raw: list[dict[str, Any]], payload: str = "payload") -> tuple[Choice, ...]:
    return tuple(Choice(button["title"], button[payload]) for button in raw)


def lines(text: str) -> Shown:
    """Choices that are but numbered lines of the text."""
    found = tuple(Choice(title) for _, title in LINE.findall(text))
    return Shown(text, found, "righe numerate" if found else "")
