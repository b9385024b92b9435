"""Fetches what citizens attached: https://developers.facebook.com/documentation/
business-messaging/whatsapp/business-phone-numbers/media."""

import re

import httpx

from handoff.channel import DeliveryError, File, PermanentFailure, TemporaryFailure
from handoff.channel.calling import AS_IT_IS, read_at_most
from handoff.channel.meta import is_metas
from handoff.channels.whatsapp.graph import Answer, Graph

GONE = "l'allegato non è più disponibile su WhatsApp"
TOO_LARGE = "l'allegato è troppo grande"
NOT_FOUND = (404, 410)


class Media:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def fetch(self, reference: str, *, at_most: int) -> File:
        if not re.fullmatch(r"[\w-]+", reference):
            raise PermanentFailure(GONE)
        try:
            return await self._download(await self._where(reference), at_most)
        except _Stale:  # an address is good for five minutes: once more, with a new one
            return await self._again(reference, at_most)

    async def _again(self, reference: str, at_most: int) -> File:
        try:
            return await self._download(await self._where(reference), at_most)
        except _Stale:
            raise PermanentFailure(GONE) from None

    async def _where(self, reference: str) -> Answer:
        """Its address and what Meta says about it; gone after seven days."""
        try:
            return await self._graph.ask(reference)
        except TemporaryFailure:
            raise
        except DeliveryError:
            raise PermanentFailure(GONE) from None

    async def _download(self, found: Answer, at_most: int) -> File:
        size, url = found.get("file_size"), found.get("url")
        if isinstance(size, int) and size > at_most:
            raise PermanentFailure(TOO_LARGE)
        if not isinstance(url, str):
            raise PermanentFailure(GONE)
        try:
            content = await self._bytes(self._safe(url), at_most)
        except httpx.HTTPError as error:
            raise TemporaryFailure(type(error).__name__) from None
        return File(name="", media_type=str(found.get("mime_type") or ""), content=content)

    def _safe(self, url: str) -> str:
        """Our token goes along: only to Meta, encrypted, or to where we ask for it anyway."""
        if url.startswith(self._graph.url()) or is_metas(url):
            return url
        raise PermanentFailure(GONE)

    async def _bytes(self, url: str, at_most: int) -> bytes:
        headers = self._graph.authorization | AS_IT_IS
        async with self._graph.http.stream("GET", url, headers=headers) as response:
            if response.status_code in NOT_FOUND:
                raise _Stale
            if not response.is_success:
                raise TemporaryFailure(f"HTTP {response.status_code}")
            return await read_at_most(response, at_most)


class _Stale(Exception):
    pass
