"""Direct messages on X: the Activity API tells us of them, the v2 API sends ours."""

import asyncio
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

from fastapi import APIRouter, HTTPException, Request

from handoff.channel import (
    Channel,
    Event,
    File,
    Oddity,
    Outbound,
    PermanentFailure,
    Receipt,
    Receive,
    UnknownOutcome,
)
from handoff.channel.batch import hand_over
from handoff.channel.webhook import as_object, read_body, refuse_forged, signature
from handoff.channels.x import events
from handoff.channels.x.api import ANSWER_WITHIN, Api
from handoff.channels.x.delivery import Delivery, parts
from handoff.channels.x.health import Health
from handoff.channels.x.settings import XSettings

SIGNATURE = "x-twitter-webhooks-signature"
WHOLE_SEND = 25.0  # seconds, below the lease of a message that goes out
BEGIN_WITHIN = 5.0  # seconds: an upload and a message more must end before that
# https://docs.x.com/x-api/media/quickstart/best-practices
PICTURES, LARGEST_PICTURE = ("image/jpeg", "image/png", "image/webp"), 5_000_000
ONLY_PICTURES = (
    "X porta solo fotografie JPEG, PNG e WebP fino a 5 MB: per il resto scriva un collegamento."
)
# No brace among them: whoever asks gets any such text signed by the secret that signs what X
# posts, and an object of JSON must not be had that way.
CRC_TOKEN = re.compile(r"[\w+/=.-]{1,256}", re.ASCII)
REFERENCE = re.compile(r"\d{1,20}/\d{1,20}/[\w-]{1,80}\.\w{1,5}", re.ASCII)


class X(Channel):
    name: ClassVar[str] = "x"
    title: ClassVar[str] = "X"
    is_terse: ClassVar[bool] = True  # fifteen messages in fifteen minutes, each of them paid for
    takes_files = True
    reports_within: ClassVar[timedelta | None] = timedelta(minutes=2)  # dm.sent is an echo

    def __init__(
        self,
        settings: XSettings,
        *,
        answer_within: float = ANSWER_WITHIN,
        begin_within: float = BEGIN_WITHIN,
    ) -> None:
        self._account = settings.account_id
        self._secret = settings.consumer_secret.get_secret_value()
        self._api = Api(settings, answer_within=answer_within)
        self._delivery = Delivery(self._api, begin_within=begin_within)
        self._health = Health(self._api, settings)

    def routes(self, receive: Receive) -> APIRouter | None:
        router = APIRouter()

        @router.get("/webhooks/x")
        async def prove(crc_token: str = "") -> dict[str, str]:
            return {"response_token": self._proof(crc_token)}

        @router.post("/webhooks/x")
        async def webhook(request: Request) -> None:
            body = await read_body(request)
            signed = signature(self._secret, body, form="base64")
            refuse_forged(request.headers.get(SIGNATURE), signed)
            await hand_over(self._read(as_object(body)), receive)

        return router

    def _proof(self, crc_token: str) -> str:
        """X asks every hour or so whether we still know the secret."""
        if not CRC_TOKEN.fullmatch(crc_token):
            raise HTTPException(400, "not a token of X")
        return signature(self._secret, crc_token.encode(), form="base64")

    def _read(self, body: dict[str, Any]) -> Iterator[Event]:
        for event in events.events(body, self._account):
            if isinstance(event, Oddity) and event.kind == events.REVOKED:
                self._health.doubt()
            yield event

    async def send(self, message: Outbound) -> Receipt:
        try:
            async with asyncio.timeout(WHOLE_SEND):
                return await self._delivery.send(message)
        except TimeoutError:
            raise UnknownOutcome("X non ha risposto in tempo") from None

    def refuses(self, media_type: str, size: int) -> str | None:
        fits = media_type in PICTURES and size <= LARGEST_PICTURE
        return None if fits else ONLY_PICTURES

    def parts_of(self, message: Outbound) -> list[str]:
        return [part.text for part in parts(message)]

    def numbers_choices(self, message: Outbound) -> bool:
        return True  # there are no others

    async def fetch(self, reference: str, *, at_most: int) -> File:
        if not REFERENCE.fullmatch(reference):
            raise PermanentFailure("l'allegato non è di X")
        return await self._api.picture(reference, at_most)

    async def trouble(self) -> str | None:
        return await self._health.trouble()

    async def close(self) -> None:
        await self._api.close()


def channel() -> X:
    logging.getLogger("httpx").setLevel(logging.WARNING)  # below, it logs whom we write to
    return X(XSettings())
