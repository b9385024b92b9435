"""Small files of every kind for the tests, and a virus scanner that says what it is told."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"
ZIP = b"PK\x03\x04\x14\x00\x06\x00" + bytes(40)
EXE = b"MZ\x90\x00\x03" + bytes(60)
P7M = bytes.fromhex("3082010006092a864886f70d010702a081f2") + bytes(40)


def png(width: int = 3, height: int = 2) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + bytes(9)


def gif(width: int = 3, height: int = 2) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(3)


def jpeg(width: int = 3, height: int = 2) -> bytes:
    exif = b"\xff\xe1" + struct.pack(">H", 6) + b"Exif"
    return b"\xff\xd8" + exif + b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1)


def webp(width: int = 3, height: int = 2) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + size


def boxed(brand: bytes) -> bytes:
    return b"\x00\x00\x00\x18ftyp" + brand + bytes(12)


class FakeClamd:
    """Speaks INSTREAM and PING on loopback."""

    def __init__(self) -> None:
        self.answer: bytes | None = b"stream: OK\0"  # None: silence
        self.heard: list[bytes] = []
        self.url = ""
        self.calls: set[asyncio.Task[None]] = set()

    def answer_call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command = await reader.readuntil(b"\0")
        if command == b"zINSTREAM\0":
            await self._scan(reader, writer)
        elif command == b"zPING\0" and self.answer is not None:
            writer.write(b"PONG\0")
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _scan(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        content = b""
        while size := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(size)
        self.heard.append(content)
        if self.answer is None:
            await reader.read()
        else:
            writer.write(self.answer)


@asynccontextmanager
async def fake_clamd() -> AsyncIterator[FakeClamd]:
    clamd = FakeClamd()
    server = await asyncio.start_server(clamd.answer_call, "127.0.0.1", 0)
    clamd.url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield clamd
        await asyncio.gather(*clamd.calls)
