"""Sends a message by the Send API: in parts when it is long, the quick replies under the last
text, each file by itself."""

import asyncio
import time
from typing import Any

import httpx

from handoff.channel import (
    File,
    Outbound,
    Receipt,
    TemporaryFailure,
    UnknownOutcome,
    WindowClosed,
)
from handoff.channel.messaging.account import Account
from handoff.channel.messaging.buttons import quick_replies, wording
from handoff.channel.messaging.reading import MARK
from handoff.channel.messaging.refusals import refusal
from handoff.channel.messaging.uploading import Uploading, kind_of
from handoff.channel.meta import post
from handoff.channel.parts import split
from handoff.channel.unfinished import Unfinished

Body = dict[str, Any]


class Delivery:
    def __init__(self, account: Account, http: httpx.AsyncClient, answer_within: float) -> None:
        self._account = account
        self._http = http
        self._answer_within = answer_within  # seconds, of one part
        self._uploading = Uploading(account, http, answer_within)
        self._unfinished = Unfinished()

    async def send(self, message: Outbound) -> Receipt:
        if message.late and message.author != "operator":
            raise WindowClosed("dopo 24 ore può scrivere soltanto un operatore")
        said: list[Body | File] = [*self._says(message), *message.files]
        begun = time.monotonic()
        for part in said[self._unfinished.count(message.key) :]:
            if time.monotonic() - begun > 2 * self._answer_within:  # the lease must outlive us
                raise TemporaryFailure("Meta risponde lentamente, il resto segue")
            content = await self._attached(part) if isinstance(part, File) else part
            body = self._envelope(message)
            body["message"] = {**content, "metadata": MARK + message.key}
            self._unfinished.add(message.key, await self._say(body, late=message.late))
        return Receipt(self._unfinished.finish(message.key))

    def parts_of(self, message: Outbound) -> list[str]:
        return [*self._texts(message), *("" for _ in message.files)]

    def _texts(self, message: Outbound) -> list[str]:
        return split(wording(message, self._account), self._account.longest, self._account.measure)

    def _says(self, message: Outbound) -> list[Body]:
        says: list[Body] = [{"text": text} for text in self._texts(message)]
        if says and (replies := quick_replies(message, self._account)):
            says[-1]["quick_replies"] = replies
        return says

    async def _attached(self, file: File) -> Body:
        payload = {"attachment_id": await self._uploading.upload(file)}
        return {"attachment": {"type": kind_of(file), "payload": payload}}

    def _envelope(self, message: Outbound) -> Body:
        to: Body = {"recipient": {"id": message.address}}
        if message.late:
            return {**to, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
        return {**to, "messaging_type": "RESPONSE"} if self._account.names_type else to

    async def _say(self, body: Body, *, late: bool) -> str:
        response = await self.call(body)
        if not response.is_success:
            raise refusal(response, late=late, token_setting=self._account.token_setting)
        try:
            return str(response.json()["message_id"])
        except (ValueError, KeyError, TypeError):
            raise UnknownOutcome("risposta senza numero del messaggio") from None

    async def call(self, body: Body) -> httpx.Response:
        try:
            async with asyncio.timeout(self._answer_within):
                url = f"{self._account.url}/messages"
                return await post(self._http, url, body, self._account.token)
        except TimeoutError:
            raise UnknownOutcome("nessuna risposta da Meta in tempo") from None
