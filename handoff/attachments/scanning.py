"""Asks ClamAV about a file. Fails closed: without a clear answer nobody may open it.

Protocol: https://docs.clamav.net/manual/Usage/ClamdProtocol.html (INSTREAM).
"""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from handoff.attachments.checking import INFECTED, Refused

CHUNK = 64 * 1024  # bytes
PATIENCE = 60.0  # seconds; clamd gives up on a scan after 120 of its own
LONGEST_ANSWER = 4096  # bytes
PING_PATIENCE = 1.0  # seconds
NOT_SET = "nessuno: i file sono controllati solo per tipo, contenuto e dimensione"
AWAY = "lo scanner antivirus (ClamAV) non risponde: i file restano «in verifica»"
NO_ANSWER = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class ScannerAway(Exception):
    """No clear answer: the file waits."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """`host` and `port` of clamd; without a host nothing is asked."""

    host: str = ""
    port: int = 3310
    patience: float = PATIENCE

    @classmethod
    def at(cls, url: str) -> "Scanner":
        """From `tcp://host:port`, or an empty text where there is no scanner."""
        parts = urlsplit(url)
        return cls(parts.hostname or "", parts.port or 3310)

    @property
    def is_set(self) -> bool:
        return bool(self.host)

    async def trouble(self) -> str | None:
        """Why it cannot look at files, in Italian; None when it can, or when there is none."""
        if not self.is_set:
            return None
        try:
            async with asyncio.timeout(min(self.patience, PING_PATIENCE)):
                answer = await self._ask(b"PING")
        except NO_ANSWER:
            return AWAY
        return None if answer == b"PONG" else AWAY

    async def look(self, content: bytes) -> None:
        """Raises Refused when it is infected and ScannerAway when nobody knows."""
        if not self.is_set:
            return
        try:
            async with asyncio.timeout(self.patience):
                answer = await self._ask(b"INSTREAM", content)
        except NO_ANSWER as error:
            raise ScannerAway(type(error).__name__) from None
        if answer.endswith(b" FOUND"):
            raise Refused(INFECTED)
        if not answer.endswith(b": OK"):
            raise ScannerAway("no clear answer")

    async def _ask(self, command: bytes, content: bytes | None = None) -> bytes:
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=LONGEST_ANSWER)
        try:
            writer.write(b"z" + command + b"\0")
            if content is not None:
                await _stream(writer, content)
            await writer.drain()
            return (await reader.readuntil(b"\0"))[:-1].strip()
        finally:
            writer.close()


async def _stream(writer: asyncio.StreamWriter, content: bytes) -> None:
    """Each chunk after its length, the end told by a length of nothing."""
    for start in range(0, len(content), CHUNK):
        chunk = content[start : start + CHUNK]
        writer.write(len(chunk).to_bytes(4, "big") + chunk)
        await writer.drain()
    writer.write(bytes(4))
