"""A client that costs next to nothing: it must not take the cores from those it measures.

HTTP/1.1 with kept connections and bodies of a known length or in chunks; no more than this
benchmark needs. The methods are named as httpx's.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

OK = range(200, 300)
PATIENCE = 60.0  # seconds


class Refused(RuntimeError):
    pass


@dataclass(frozen=True)
class Reply:
    status: int
    content: bytes

    def raise_for_status(self) -> "Reply":
        if self.status not in OK:
            raise Refused(f"{self.status}: {self.content[:200]!r}")
        return self

    def json(self) -> Any:
        return json.loads(self.content)


class Wire:
    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        self._host, self._port = where.hostname or "", where.port or 80
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def get(
        self, path: str, *, params: Mapping[str, Any] | None = None, headers: Any = None
    ) -> Reply:
        query = f"?{urlencode(params)}" if params else ""
        return await self._ask("GET", path + query, b"", headers)

    async def post(self, path: str, *, json: Any = None, headers: Any = None) -> Reply:
        body = b"" if json is None else _json(json)
        return await self._ask("POST", path, body, headers)

    async def _ask(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None
    ) -> Reply:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}:{self._port}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if method == "POST":
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        sent = "\r\n".join([*lines, "", ""]).encode() + body
        async with asyncio.timeout(PATIENCE):
            reader, writer = self._kept() or await self._connect()
            writer.write(sent)
            reply = await _read(reader)
        self._idle.append((reader, writer))
        return reply

    def _kept(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """One that the server has not closed for its idleness."""
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return None

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._host, self._port)

    async def aclose(self) -> None:
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


async def _read(reader: asyncio.StreamReader) -> Reply:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    status = int(head[0].split(" ")[1])
    fields = dict(line.split(": ", 1) for line in head[1:] if ": " in line)
    if "content-length" in fields:
        return Reply(status, await reader.readexactly(int(fields["content-length"])))
    content = b""
    while size := int((await reader.readline()).strip() or b"0", 16):
        content += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return Reply(status, content)
