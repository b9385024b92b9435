"""A way to PostgreSQL on which a connection is lost before anything could be asked on it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL, make_url

# https://www.postgresql.org/docs/15/protocol-message-formats.html
READY = b"Z\x00\x00\x00\x05I"


class Way:
    """Passes all on. The second connection ends as soon as it is ready, and the first may ask
    nothing before that: SQLAlchemy lets others wait while it prepares its first."""

    def __init__(self, server: URL) -> None:
        self._server = server
        self._taken = 0
        self._cut = asyncio.Event()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._taken += 1
        number = self._taken
        theirs, ours = await asyncio.open_connection(self._server.host, self._server.port)
        asking = asyncio.create_task(_pass_on(reader, ours))
        await self._answer(number, theirs, writer)
        writer.close()
        await asking  # until the client knows
        if number == 2:
            self._cut.set()
        ours.close()

    async def _answer(
        self, number: int, theirs: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        is_ready = False
        while some := await theirs.read(65536):
            if is_ready and number == 1:
                await self._cut.wait()
            is_ready = is_ready or READY in some
            writer.write(some)
            if is_ready and number == 2:
                return


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while some := await reader.read(65536):
        writer.write(some)
    writer.close()


@asynccontextmanager
async def second_is_lost(url: str) -> AsyncIterator[str]:
    """The same database by such a way."""
    server = await asyncio.start_server(Way(make_url(url)).take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    through = make_url(url).set(host="127.0.0.1", port=port)
    async with server:
        yield through.render_as_string(hide_password=False)
