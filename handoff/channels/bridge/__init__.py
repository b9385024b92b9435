"""A partner's gateway brings in what has no open interface: LinkedIn, TikTok, anything else."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar

import httpx
from fastapi import APIRouter, Request

from handoff.channel import (
    Channel,
    DeliveryError,
    Outbound,
    Receipt,
    Receive,
    UnknownOutcome,
)
from handoff.channel.batch import hand_over
from handoff.channel.calling import call, client
from handoff.channel.webhook import as_object, read_body
from handoff.channels.bridge import events
from handoff.channels.bridge.answers import LOST, SIGNATURE_REFUSED, failure, receipt
from handoff.channels.bridge.contents import contents
from handoff.channels.bridge.seal import refuse_unsealed, sealed
from handoff.channels.bridge.settings import BridgeSettings

ANSWER_WITHIN = 15.0  # seconds, for the whole of a call; a lease is 30
SILENT = "il gateway del partner non risponde"


class Bridge(Channel):
    name: ClassVar[str] = events.CHANNEL
    title: ClassVar[str] = "Ponte"
    recognises_repeats: ClassVar[bool] = (
        True  # by Idempotency-Key: part of what partners sign up to
    )

    def __init__(
        self,
        settings: BridgeSettings,
        *,
        answer_within: float = ANSWER_WITHIN,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.takes_files = settings.files
        self._secret = settings.secret.get_secret_value()
        self._url = settings.url
        self._answer_within = answer_within
        self._clock = clock
        self._http = client(answer_within=answer_within)

    def routes(self, receive: Receive) -> APIRouter | None:
        router = APIRouter()

        @router.post("/webhooks/bridge")
        async def webhook(request: Request) -> dict[str, Any]:
            body = await read_body(request)
            refuse_unsealed(self._secret, request.headers, body, self._clock())
            return await self._take(as_object(body), receive)

        return router

    async def _take(self, body: dict[str, Any], receive: Receive) -> dict[str, Any]:
        """What cannot be read is kept, and the partner learns which field is to blame."""
        try:
            event, wrong = events.event(body), {}
        except events.Unreadable as error:
            event, wrong = events.oddity(body, str(error)), {"field": str(error)}
        await hand_over([event], receive)
        return {"understood": not wrong, **wrong}

    async def send(self, message: Outbound) -> Receipt:
        response = await self._post(contents(message), {"Idempotency-Key": message.key})
        if not response.is_success:
            raise failure(response, self._clock())
        return receipt(response)

    def numbers_choices(self, message: Outbound) -> bool:
        return True  # partners do so where a network has no buttons: docs/canali/bridge.md

    async def _post(self, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        raw = json.dumps(body).encode()
        headers |= {"Content-Type": "application/json"}
        headers |= sealed(self._secret, raw, self._clock())
        request = self._http.build_request("POST", self._url, content=raw, headers=headers)
        try:
            async with asyncio.timeout(self._answer_within):
                return await call(self._http, request)
        except TimeoutError:
            raise UnknownOutcome(SILENT) from None

    async def trouble(self) -> str | None:
        """A ping, signed as all else, is to be answered with 2xx."""
        try:
            response = await self._post({"ping": True}, {})
        except DeliveryError:
            return SILENT
        if response.is_success:
            return None
        match response.status_code:
            case 401 | 403:
                return f"{SIGNATURE_REFUSED}: vedere SPORTELLO_BRIDGE_SECRET"
            case 404 | 405:
                return f"{LOST}: vedere SPORTELLO_BRIDGE_URL"
        return f"{SILENT} come dovrebbe ({response.status_code})"

    async def close(self) -> None:
        await self._http.aclose()


def channel() -> Bridge:
    logging.getLogger("httpx").setLevel(logging.WARNING)  # below, it logs the gateway's address
    return Bridge(BridgeSettings())
