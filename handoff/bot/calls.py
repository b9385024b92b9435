"""Connections to the bots, kept open: a question costs a tenth of what httpx takes for it."""

from typing import Any

import aiohttp

AT_ONCE = 100  # connections; more questions than workers ask never come


class NotReached(Exception):
    """Nobody took the connection: the question surely did not leave."""


class Calls:
    """The session of the running loop, opened at the first question."""

    def __init__(self, *, to_connect: float, timeout: float) -> None:
        """Seconds for a connection, and for a whole answer."""
        self._patience = aiohttp.ClientTimeout(
            total=timeout, sock_connect=min(timeout, to_connect)
        )
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self, url: str, question: dict[str, Any], headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """HTTP status and body; NotReached, TimeoutError, or aiohttp's ClientError."""
        try:
            # a question goes to the bot that is named, wherever that would send it on
            asking = self._open().post(url, json=question, headers=headers, allow_redirects=False)
            async with asking as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotReached(type(error).__name__) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=self._patience,
                connector=aiohttp.TCPConnector(limit=AT_ONCE),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
