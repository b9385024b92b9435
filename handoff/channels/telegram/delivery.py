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

LONGEST = 4096  # UTF-16 units; https://core.telegram.org/bots/api#sendmessage
WIDEST = 8  # buttons in a row
SHORT = 2  # characters of a title that fits beside others: the marks of the survey
NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
REMEMBERED = 1000  # unfinished messages


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
    """Remembers which parts of an unfinished message arrived, so that a retry goes on there.

    The memory is this process's: after a restart, or in another worker, a message whose later
    part was refused begins again at its first part. Twice read is better than half read.
    """

    def __init__(self, bot: ExtBot[None], pace: Pace) -> None:
        self._bot = bot
        self._pace = pace
        self._parts_sent: dict[str, list[str]] = {}  # ids by message

    async def send(self, message: Outbound) -> Receipt:
        texts = parts(message)
        for number in range(len(self._parts_sent.get(message.key, ())), len(texts)):
            buttons = message.buttons if number == len(texts) - 1 else ()
            sent = await self._send_part(message.address, texts[number], buttons)
            self._parts_sent.setdefault(message.key, []).append(sent)
            self._forget_old()
        done = self._parts_sent.get(message.key, [])
        for file in message.files[max(0, len(done) - len(texts)) :]:
            await self._pace.wait(message.address)
            self._parts_sent.setdefault(message.key, []).append(
                await self._send_file(message.address, file)
            )
        return Receipt(tuple(self._parts_sent.pop(message.key, ())))

    async def _send_part(self, chat: str, text: str, buttons: tuple[Button, ...]) -> str:
        await self._pace.wait(chat)
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

    def _forget_old(self) -> None:
        if len(self._parts_sent) > REMEMBERED:
            del self._parts_sent[next(iter(self._parts_sent))]


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
