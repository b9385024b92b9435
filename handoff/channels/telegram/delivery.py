"""Sends a message to a chat: in parts when it is long, at the pace that Telegram asks for."""

import asyncio
import time
from datetime import timedelta
from itertools import groupby

import httpx
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.ext import ExtBot

from handoff.channel import (
    Button,
    DeliveryError,
    File,
    Outbound,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    TokenRefused,
    UnknownOutcome,
    Unreachable,
)
from handoff.channel.parts import split, utf16_units
from handoff.channel.unfinished import Unfinished

LONGEST = 4096  # UTF-16 units; https://core.telegram.org/bots/api#sendmessage
TO_BE_CONTINUED = "in più parti: continua"
WIDEST = 8  # buttons in a row
SHORT = 2  # characters of a title that fits beside others: the marks of the survey
NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class Pace:
    """At least `pause` seconds between two messages to one chat.

    One a second, as https://core.telegram.org/bots/faq#my-bot-is-hitting-limits says.
    """

    def __init__(self, pause: float = 1.0) -> None:
        self._pause = pause
        self._free_at: dict[str, float] = {}

    async def wait(self, chat: str) -> None:
        now = time.monotonic()
        self._free_at = {chat: free for chat, free in self._free_at.items() if free > now}
        turn = self._free_at.get(chat, now)
        self._free_at[chat] = turn + self._pause
        await asyncio.sleep(turn - now)


class Delivery:
    def __init__(self, bot: ExtBot[None], pace: Pace, *, begin_within: float) -> None:
        self._bot = bot
        self._pace = pace
        self._begin_within = begin_within  # seconds after which no further piece is begun
        self._unfinished = Unfinished()

    async def send(self, message: Outbound) -> Receipt:
        texts = parts(message)
        pieces: list[str | File] = [*texts, *message.files]
        begun, first = time.monotonic(), self._unfinished.count(message.key)
        for number, piece in enumerate(pieces[first:], first):
            if number > first and time.monotonic() - begun > self._begin_within:
                raise TemporaryFailure(TO_BE_CONTINUED)
            buttons = message.buttons if number == len(texts) - 1 else ()
            sent = await self._send_piece(message.address, piece, buttons)
            self._unfinished.add(message.key, sent)
        return Receipt(self._unfinished.finish(message.key))

    async def _send_piece(self, chat: str, piece: str | File, buttons: tuple[Button, ...]) -> str:
        await self._pace.wait(chat)
        if isinstance(piece, File):
            return await self._send_file(chat, piece)
        return await self._send_text(chat, piece, buttons)

    async def _send_text(self, chat: str, text: str, buttons: tuple[Button, ...]) -> str:
        try:
            sent = await self._bot.send_message(
                chat_id=chat, text=text, reply_markup=keyboard(buttons)
            )
        except TelegramError as error:
            raise failure(error) from error
        return str(sent.message_id)

    async def _send_file(self, chat: str, file: File) -> str:
        try:
            sent = await self._bot.send_document(
                chat_id=chat, document=InputFile(file.content, filename=file.name)
            )
        except TelegramError as error:
            raise failure(error) from error
        return str(sent.message_id)


def parts(message: Outbound) -> list[str]:
    return split(message.text, LONGEST, utf16_units)


def failure(error: TelegramError) -> DeliveryError:
    """What an error of Telegram's means for the message."""
    match error:
        case RetryAfter():
            return TemporaryFailure(str(error), retry_after=seconds(error.retry_after))
        case Forbidden():
            return Unreachable(str(error))
        case BadRequest() | ChatMigrated():
            return PermanentFailure(str(error))
        case InvalidToken():
            return TokenRefused("Telegram refuses our token: see SPORTELLO_TELEGRAM_TOKEN")
    # the cause tells apart what never left, what got no answer, and an answer without sense;
    # without a cause it is Telegram's own "no"
    if error.__cause__ is None or isinstance(error.__cause__, NEVER_LEFT):
        return TemporaryFailure(str(error))
    return UnknownOutcome(str(error))


def seconds(value: float | timedelta) -> timedelta:
    """python-telegram-bot answers in either, by its PTB_TIMEDELTA setting."""
    return value if isinstance(value, timedelta) else timedelta(seconds=value)


def keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """One under the other, so that titles stay legible; very short ones side by side."""
    rows: list[list[InlineKeyboardButton]] = []
    for is_short, group in groupby(buttons, key=lambda button: len(button.title) <= SHORT):
        keys = [InlineKeyboardButton(b.title, callback_data=b.payload) for b in group]
        width = WIDEST if is_short else 1
        rows += [keys[start : start + width] for start in range(0, len(keys), width)]
    return InlineKeyboardMarkup(rows) if rows else None
