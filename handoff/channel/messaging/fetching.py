"""Files that citizens sent: only from Meta's own hosts, no more bytes than wanted."""

import asyncio

import httpx

from handoff.channel import File, PermanentFailure, TemporaryFailure
from handoff.channel.calling import AS_IT_IS, read_at_most
from handoff.channel.meta import is_metas

HOPS = 3
NOT_THERE = "l'allegato non è più disponibile"


class Fetching:
    """`home` is the configured API's address: tests and proxies serve files there."""

    def __init__(self, http: httpx.AsyncClient, home: str, *, within: float) -> None:
        self._http = http
        self._home = _origin(httpx.URL(home))
        self._within = within

    async def fetch(self, reference: str, at_most: int) -> File:
        try:
            async with asyncio.timeout(self._within):
                return await self._follow(httpx.URL(reference), at_most)
        except httpx.InvalidURL:
            raise PermanentFailure(NOT_THERE) from None
        except (httpx.HTTPError, TimeoutError) as error:  # their texts hold the address
            raise TemporaryFailure(type(error).__name__) from None

    async def _follow(self, url: httpx.URL, at_most: int) -> File:
        """Every hop is looked at: a redirection must not lead into our own network."""
        for _ in range(HOPS):
            if not self._is_theirs(url):
                raise PermanentFailure("l'allegato non si trova presso Meta")
            ask = self._http.stream("GET", url, headers=AS_IT_IS)
            async with ask as response:
                if not response.has_redirect_location:
                    return await _read(response, url, at_most)
                url = url.join(response.headers["Location"])
        raise PermanentFailure(NOT_THERE)

    def _is_theirs(self, url: httpx.URL) -> bool:
        return _origin(url) == self._home or is_metas(url)


async def _read(response: httpx.Response, url: httpx.URL, at_most: int) -> File:
    if response.is_server_error or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise TemporaryFailure(f"Meta risponde {response.status_code}")
    if not response.is_success:
        raise PermanentFailure(NOT_THERE)
    content = await read_at_most(response, at_most)
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
    return File(name=url.path.rsplit("/", 1)[-1][:200], media_type=media_type, content=content)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
