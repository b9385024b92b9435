"""A channel of Meta's messaging platform. It calls us; a post is answered when it is stored."""

import asyncio
import logging
from datetime import timedelta
from typing import ClassVar

import httpx
from fastapi import APIRouter, Request, Response

from handoff.channel import (
    Channel,
    File,
    Outbound,
    Receipt,
    Receive,
    TokenRefused,
)
from handoff.channel.batch import hand_over
from handoff.channel.calling import client
from handoff.channel.messaging.account import Account
from handoff.channel.messaging.buttons import wording
from handoff.channel.messaging.fetching import Fetching
from handoff.channel.messaging.reading import Reader
from handoff.channel.messaging.refusals import refusal
from handoff.channel.messaging.sending import Delivery
from handoff.channel.meta import objects, read_signed, shake_hands

SILENT = "Meta non risponde"
UNSUBSCRIBED = "l'account non è iscritto ai messaggi: rifare l'iscrizione (subscribed_apps)"


class MessagingChannel(Channel):
    """Windows: https://developers.facebook.com/documentation/business-messaging/messenger-platform/policy"""

    window: ClassVar[timedelta | None] = timedelta(hours=24)
    human_window: ClassVar[timedelta | None] = timedelta(days=7)
    reports_within: ClassVar[timedelta | None] = timedelta(minutes=2)  # the echo of what we sent

    def __init__(self, account: Account, *, answer_within: float = 7.0) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # below, it logs files' addresses
        self._account = account
        self._answer_within = answer_within
        self._http = client(answer_within=answer_within)
        self._reader = Reader(account)
        self._delivery = Delivery(account, self._http, answer_within)
        self._fetching = Fetching(self._http, account.api_url, within=3 * answer_within)

    def routes(self, receive: Receive) -> APIRouter:
        router = APIRouter()
        path = f"/webhooks/{self.name}"

        @router.get(path)
        async def handshake(request: Request) -> Response:
            return shake_hands(request, self._account.verify_token)

        @router.post(path)
        async def webhook(request: Request) -> None:
            post = await read_signed(request, *self._account.app_secrets)
            await hand_over(self._reader.read(post), receive)

        return router

    async def send(self, message: Outbound) -> Receipt:
        return await self._delivery.send(message)

    def parts_of(self, message: Outbound) -> list[str]:
        return self._delivery.parts_of(message)

    def numbers_choices(self, message: Outbound) -> bool:
        return wording(message, self._account) != message.text

    async def fetch(self, reference: str, *, at_most: int) -> File:
        return await self._fetching.fetch(reference, at_most)

    async def show_typing(self, address: str, message_id: str) -> None:
        await self._delivery.call({"recipient": {"id": address}, "sender_action": "typing_on"})

    async def trouble(self) -> str | None:
        """After an hour of failures Meta unsubscribes an account and tells nobody."""
        try:
            async with asyncio.timeout(self._answer_within):
                response = await self._http.get(
                    f"{self._account.url}/subscribed_apps",
                    headers={"Authorization": f"Bearer {self._account.token}"},
                )
        except (httpx.HTTPError, TimeoutError):
            return SILENT
        if response.is_success:
            return None if self._is_subscribed(response) else UNSUBSCRIBED
        told = refusal(response, late=False, token_setting=self._account.token_setting)
        return str(told) if isinstance(told, TokenRefused) else SILENT

    def _is_subscribed(self, response: httpx.Response) -> bool:
        try:
            apps = list(objects(response.json()["data"]))
        except (ValueError, KeyError, TypeError):
            return False
        return any(
            self._account.app_id in ("", str(app.get("id")))
            and self._account.needed_fields <= set(app.get("subscribed_fields") or ())
            for app in apps
        )

    async def close(self) -> None:
        await self._http.aclose()
