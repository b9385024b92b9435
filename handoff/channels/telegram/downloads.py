"""Fetches a file that a citizen sent. The address holds the token: it is never told."""

import httpx
from telegram.error import TelegramError
from telegram.ext import ExtBot

from handoff.channel import File, PermanentFailure, TemporaryFailure
from handoff.channel.calling import AS_IT_IS, client, read_at_most
from handoff.channels.telegram.settings import TelegramSettings

GONE = "Telegram non ha più il file"
TOOK_TOO_LONG = 25.0  # seconds


class Downloads:
    def __init__(self, bot: ExtBot[None], settings: TelegramSettings) -> None:
        self._bot = bot
        self._base = f"{settings.files_url}{settings.token.get_secret_value()}/"
        self._http = client(answer_within=TOOK_TOO_LONG)

    async def fetch(self, file_id: str, *, at_most: int) -> File:
        path = await self._path_of(file_id)
        try:
            content = await self._read(path, at_most)
        except httpx.HTTPError as error:
            raise TemporaryFailure(type(error).__name__) from None  # its text holds the address
        return File(name=path.rpartition("/")[2], media_type="", content=content)

    async def _path_of(self, file_id: str) -> str:
        """Where the file lies below Telegram's address, whatever the library made of it."""
        try:
            found = (await self._bot.get_file(file_id)).file_path or ""
        except TelegramError as error:
            if type(error).__name__ == "BadRequest":  # unknown, or over Telegram's 20 MB
                raise PermanentFailure(GONE) from None
            raise TemporaryFailure(type(error).__name__) from None
        path = found.removeprefix(self._base)
        if "://" in path:
            path = path.partition("/file/bot")[2].partition("/")[2]
        return path

    async def _read(self, path: str, at_most: int) -> bytes:
        async with self._http.stream("GET", self._base + path, headers=AS_IT_IS) as response:
            if response.status_code == httpx.codes.NOT_FOUND:
                raise PermanentFailure(GONE)
            if not response.is_success:
                raise TemporaryFailure(f"HTTP {response.status_code}")
            return await read_at_most(response, at_most)

    async def close(self) -> None:
        await self._http.aclose()
