"""Calls to Meta's Graph API, each with an end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from handoff.channel import File, TemporaryFailure, UnknownOutcome
from handoff.channel.calling import client
from handoff.channel.meta import post
from handoff.channels.whatsapp.errors import failure_of
from handoff.channels.whatsapp.settings import WhatsAppSettings

Answer = dict[str, Any]


class Graph:
    def __init__(self, settings: WhatsAppSettings, *, answer_within: float) -> None:
        self._settings = settings
        self._answer_within = answer_within
        # redirects stay off: the token would travel with them
        self.http = client(answer_within=answer_within)

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    @property
    def _token(self) -> str:
        return self._settings.access_token.get_secret_value()

    def url(self, *path: str) -> str:
        return "/".join((self._settings.graph_url, self._settings.graph_version, *path))

    async def write(self, body: dict[str, Any]) -> httpx.Response:
        """A message, or a sign that one was read. UnknownOutcome when no answer came in time."""
        try:
            async with asyncio.timeout(self._answer_within):
                url = self.url(self._settings.phone_number_id, "messages")
                return await post(self.http, url, body, self._token)
        except TimeoutError:
            raise UnknownOutcome("TimeoutError") from None

    async def ask(self, *path: str, **asked: str) -> Answer:
        """What Meta knows about something; asking again is harmless."""
        async with self._harmless():
            response = await self.http.get(
                self.url(*path), params=asked, headers=self.authorization
            )
        return _answer(response)

    async def upload(self, file: File) -> str:
        """The id that a message can name; uploading again is harmless."""
        async with self._harmless():
            response = await self.http.post(
                self.url(self._settings.phone_number_id, "media"),
                data={"messaging_product": "whatsapp", "type": file.media_type},
                files={"file": (file.name, file.content, file.media_type)},
                headers=self.authorization,
            )
        given = _answer(response).get("id")
        if not isinstance(given, str):
            raise TemporaryFailure("WhatsApp non ha accettato il file")
        return given

    @asynccontextmanager
    async def _harmless(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._answer_within):
                yield
        except (TimeoutError, httpx.HTTPError) as error:
            raise TemporaryFailure(type(error).__name__) from None

    async def close(self) -> None:
        await self.http.aclose()


def _answer(response: httpx.Response) -> Answer:
    if not response.is_success:
        error = failure_of(response)
        if isinstance(error, UnknownOutcome):
            raise TemporaryFailure(str(error))
        raise error
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise TemporaryFailure("risposta senza senso")
    return answer
