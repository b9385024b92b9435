"""How many idle web chats one process holds open, and whether a message still reaches them."""

import asyncio
import contextlib
import hashlib
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import text

from bench import counters, stacks
from bench.claims import CONVERSATIONS
from bench.memory import resident_mb
from bench.programs import Programs, programs
from handoff.db import Database
from ops.places import OUR_PYTHON
from ops.progress import say

AT_ONCE = 100  # connections that are opened together
SAMPLES = 20
FIRST = b"event: holder"
SESSION = """
insert into webchat_session (token_hash, conversation_id, created_at, last_seen_at)
values (:hash, :talk, current_timestamp, current_timestamp)
"""


async def measure(count: int, *, watched_s: float) -> dict[str, Any]:
    """`watched_s`: how long the idle process is looked at."""
    with tempfile.TemporaryDirectory() as folder:
        env = stacks.environment(Path(folder)) | {"SPORTELLO_LIMITS": "off"}
        stacks.migrate(env)
        await _fill(env["SPORTELLO_DATABASE_URL"], count)
        with programs(env, folder=Path(folder)) as running:
            running.start("handoff", OUR_PYTHON, "-m", "handoff", "serve")
            running.wait_for(f"{env['SPORTELLO_HANDOFF_URL']}/healthz")
            return await _hold(running, env["SPORTELLO_HANDOFF_URL"], count, watched_s)


async def _hold(running: Programs, url: str, count: int, watched_s: float) -> dict[str, Any]:
    pids = running.pids(["handoff"])
    before = resident_mb(pids)
    async with contextlib.AsyncExitStack() as stack:
        say(f"Opening {count} web chats …")
        chats: list[Chat] = []
        for first in range(1, count + 1, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, count + 1))
            chats += await asyncio.gather(*(Chat.open(url, number) for number in numbers))
        for chat in chats:
            stack.callback(chat.close)
        kind = {"handoff": pids}
        used = counters.cpu_seconds(kind)["handoff"]
        await asyncio.sleep(watched_s)
        idle = (counters.cpu_seconds(kind)["handoff"] - used) / watched_s
        delays = [await chat.hears(url) for chat in chats[:: max(1, count // SAMPLES)]]
        return {
            "open": sum(chat.is_open for chat in chats),
            "memory_mb": round(resident_mb(pids), 1),
            "memory_before_mb": round(before, 1),
            "idle_cores": round(idle, 3),
            "heard_after_ms": round(statistics.median(delays), 1),
        }


class Chat:
    """One browser's event stream, without a browser."""

    def __init__(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._number, self._reader, self._writer = number, reader, writer

    @classmethod
    async def open(cls, url: str, number: int) -> "Chat":
        where = urlsplit(url)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        head = (
            f"GET /api/webchat/events?after=0 HTTP/1.1\r\nHost: {where.netloc}\r\n"
            f"Authorization: Bearer {token(number)}\r\n\r\n"
        )
        writer.write(head.encode())
        chat = cls(number, reader, writer)
        await chat._until(FIRST)
        return chat

    @property
    def is_open(self) -> bool:
        return not (self._reader.at_eof() or self._writer.is_closing())

    async def hears(self, url: str) -> float:
        """Milliseconds from what the citizen says until this stream tells it."""
        began = time.perf_counter()
        async with stacks.client(url) as http:
            said = asyncio.create_task(
                http.post(
                    "/api/webchat/messages",
                    json={"client_message_id": _uuid(self._number), "text": "buongiorno"},
                    headers={"Authorization": f"Bearer {token(self._number)}"},
                )
            )
            await self._until(b"buongiorno")
            elapsed = (time.perf_counter() - began) * 1000
            (await said).raise_for_status()
        return elapsed

    async def _until(self, words: bytes) -> None:
        async with asyncio.timeout(60):
            while words not in await self._reader.readline():
                pass

    def close(self) -> None:
        self._writer.close()


def token(number: int) -> str:
    return f"{number:043d}"


def _uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


async def _fill(url: str, count: int) -> None:
    """Sessions as browsers would have opened them."""
    database = Database(url)
    rows: Sequence[dict[str, str]] = [
        {"hash": hashlib.sha256(token(n).encode()).hexdigest(), "talk": f"c{n}"}
        for n in range(1, count + 1)
    ]
    async with database.begin() as session:
        await session.execute(text(CONVERSATIONS), {"count": count})
        await session.execute(text(SESSION), rows)
    await database.close()
