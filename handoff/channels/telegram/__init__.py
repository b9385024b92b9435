"""Telegram bots, through python-telegram-bot's `Bot`; the receiving is our own."""

import asyncio
import hmac
import json
import logging
import os
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from telegram import WebhookInfo
from telegram.error import InvalidToken, TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from handoff.channel import Channel, File, NotOffered, Outbound, Receipt, Receive
from handoff.channel.calling import authorities
from handoff.channels.telegram import updates
from handoff.channels.telegram.delivery import Delivery, Pace, parts
from handoff.channels.telegram.downloads import Downloads
from handoff.channels.telegram.polling import Patience, Poller, insist
from handoff.channels.telegram.settings import TelegramSettings

LARGEST_UPDATE = 1_000_000  # bytes; two texts of 4,096 characters, all escaped, are 50,000
MANY_WAITING = 20  # updates
NO_LONGER_OFFERED = "Questa scelta non è più disponibile. Può scrivere qui la Sua richiesta."
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
logger = logging.getLogger(__name__)


class Telegram(Channel):
    name = updates.CHANNEL
    title = "Telegram"
    takes_files = True

    def __init__(
        self,
        settings: TelegramSettings,
        *,
        answer_within: float = 10.0,  # seconds, well below the lease of a message that goes out
        begin_within: float = 20.0,  # with a large file more still below the lease
        pace: Pace | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._settings = settings
        self._answer_within = answer_within
        self._http = HTTPXRequest(
            read_timeout=answer_within,
            httpx_kwargs={"verify": authorities(of_environment=True)},
        )
        # used without initialize(): that would call Telegram and put the token into its errors
        self._bot: ExtBot[Any] = ExtBot(
            settings.token.get_secret_value(),
            base_url=settings.api_url,
            request=self._http,
            get_updates_request=self._http,
            rate_limiter=AIORateLimiter(),  # no retries of its own: the outbox does that, durably
        )
        self._delivery = Delivery(self._bot, pace or Pace(), begin_within=begin_within)
        self._downloads = Downloads(self._bot, settings)
        self._patience = patience or Patience()
        self._chores: set[asyncio.Task[None]] = set()

    def routes(self, receive: Receive) -> APIRouter | None:
        if self._settings.mode == "polling":
            return None
        router = APIRouter()

        @router.post("/webhooks/telegram")
        async def webhook(request: Request) -> None:
            self._refuse_forged(request)
            await self._accept(await _body(request), receive)

        return router

    def _refuse_forged(self, request: Request) -> None:
        given = request.headers.get(SECRET_HEADER, "").encode()
        ours = self._settings.webhook_secret.get_secret_value().encode()
        if not hmac.compare_digest(given, ours):
            raise HTTPException(401, "not from Telegram")

    async def _accept(self, body: bytes, receive: Receive) -> None:
        try:
            raw = json.loads(body)
            updates.id_of(raw)
        except (ValueError, RecursionError):
            raise HTTPException(400, "not an update") from None
        try:
            await self._take(raw, receive)
        except Exception as error:
            # its name only: a database error quotes what the citizen wrote
            logger.error("an update could not be stored: %s", type(error).__name__)
            raise HTTPException(503, "please deliver again") from None

    async def _take(self, raw: object, receive: Receive) -> None:
        """When this returns, the update is stored or will never be of use."""
        note = None
        try:
            update = updates.read(raw)
            if event := updates.event(update):
                await receive(event)
        except updates.Unreadable:
            logger.error("update %d cannot be read and is left out", updates.id_of(raw))
            return
        except NotOffered:
            note = NO_LONGER_OFFERED
        if update.callback_query is not None:
            self._in_background(update.callback_query.id, note)

    def _in_background(self, query_id: str, note: str | None) -> None:
        """Stop the button's spinner, without letting anybody wait for it."""
        chore = asyncio.create_task(self._answer_press(query_id, note))
        self._chores.add(chore)
        chore.add_done_callback(self._chores.discard)

    async def _answer_press(self, query_id: str, note: str | None) -> None:
        try:
            await self._bot.answer_callback_query(query_id, text=note)
        except TelegramError as error:  # too late, most of the time; the press itself is stored
            logger.info("a press was not acknowledged: %s", type(error).__name__)

    async def listen(self, receive: Receive) -> None:
        """Poll for ever; or tell Telegram where our webhook is, which ends."""
        if self._settings.mode == "webhook":
            await insist(self._set_webhook, self._patience)
            return

        async def take(raw: object) -> None:
            await self._take(raw, receive)

        poller = Poller(prepare=self._bot.delete_webhook, fetch=self._fetch, take=take)
        await poller.run(self._patience)

    async def _set_webhook(self) -> None:
        await self._bot.set_webhook(
            self._settings.webhook_url,
            secret_token=self._settings.webhook_secret.get_secret_value(),
            allowed_updates=updates.WANTED,
            max_connections=1,  # one after the other: what a citizen writes arrives in order
        )

    async def _fetch(self, offset: int | None) -> list[Any]:
        """Not `Bot.get_updates`: one update that it cannot parse would hold up all the others,
        and it writes them into the log."""
        wanted: dict[str, int | str] = {
            "timeout": self._settings.poll_seconds,
            "allowed_updates": json.dumps(updates.WANTED),
        }
        if offset is not None:
            wanted["offset"] = offset
        batch = await self._http.post(
            f"{self._bot.base_url}/getUpdates?{urlencode(wanted)}",
            read_timeout=self._settings.poll_seconds + self._answer_within,
        )
        return batch if isinstance(batch, list) else []

    async def send(self, message: Outbound) -> Receipt:
        return await self._delivery.send(message)

    def parts_of(self, message: Outbound) -> list[str]:
        return [*parts(message), *("" for _ in message.files)]

    def invitation(self, code: str) -> str | None:
        name = self._settings.bot_name
        return f"https://t.me/{name}?start={updates.JOIN}{code}" if name else None

    async def fetch(self, reference: str, *, at_most: int) -> File:
        return await self._downloads.fetch(reference, at_most=at_most)

    async def show_typing(self, address: str, message_id: str) -> None:
        await self._bot.send_chat_action(address, "typing")

    async def trouble(self) -> str | None:
        try:
            await self._bot.get_me()
            if self._settings.mode == "webhook":
                return _webhook_trouble(await self._bot.get_webhook_info())
        except InvalidToken:
            return "Telegram non accetta più il token: ne serve uno nuovo da BotFather"
        except TelegramError as error:
            return f"Telegram non risponde ({type(error).__name__})"
        return None

    async def close(self) -> None:
        for chore in self._chores:
            chore.cancel()
        await self._downloads.close()
        await self._http.shutdown()


def _webhook_trouble(info: WebhookInfo) -> str | None:
    """Telegram keeps what it could not deliver for a day."""
    if not info.url:
        return "Telegram non conosce più l'indirizzo del webhook: riavviare il servizio"
    if info.pending_update_count > MANY_WAITING:
        return (
            f"{info.pending_update_count} messaggi aspettano da Telegram: il webhook non risponde"
        )
    return None


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_UPDATE:
            raise HTTPException(413, "too large")
    return body


def _keep_logs_clean() -> None:
    logging.getLogger("httpx").setLevel(logging.WARNING)  # below, it logs URLs with the token
    # python-telegram-bot logs what citizens write; all that goes wrong reaches us as an exception
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)


def channel() -> Telegram:
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # else every RetryAfter is a deprecation warning
    _keep_logs_clean()
    return Telegram(TelegramSettings())
