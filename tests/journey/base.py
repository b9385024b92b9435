"""What every citizen's side has."""

from itertools import count
from typing import ClassVar, Protocol

import httpx

NUMBERS = count(1)


class Side(Protocol):
    name: str
    answers_alone: bool  # the bot may speak here

    async def write(self, text: str) -> None: ...

    async def read(self) -> list[str]: ...


class Base:
    name: ClassVar[str]
    answers_alone: ClassVar[bool] = True

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def post(self, path: str, raw: bytes, headers: dict[str, str]) -> None:
        response = await self.http.post(path, content=raw, headers=headers)
        response.raise_for_status()
