"""Sends a message: in parts when it is long, and not before X lets us."""

import re
import time
from datetime import timedelta

from handoff.channel import (
    Button,
    Outbound,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    UnknownOutcome,
)
from handoff.channel.calling import object_in
from handoff.channel.choices import lines
from handoff.channel.parts import split
from handoff.channel.unfinished import Unfinished
from handoff.channels.x.api import Api
from handoff.channels.x.refusals import LIMIT, failure, is_last, reset

LONGEST = 10_000  # characters; X documents no limit any more, this one was of its older API


class Delivery:
    def __init__(self, api: Api) -> None:
        self._api = api
        self._unfinished = Unfinished()
        self._free_at = 0.0  # by the monotonic clock

    async def send(self, message: Outbound) -> Receipt:
        if not re.fullmatch(r"\d{1,20}", message.address, re.ASCII):
            raise PermanentFailure("non è un account di X")
        for text in parts(message)[self._unfinished.count(message.key) :]:
            self._unfinished.add(message.key, await self._send_part(message.address, text))
        return Receipt(self._unfinished.finish(message.key))

    async def _send_part(self, address: str, text: str) -> str:
        self._wait_for_the_window()
        response = await self._api.post(
            f"/2/dm_conversations/with/{address}/messages", {"text": text}
        )
        if is_last(response):
            self._free_at = time.monotonic() + reset(response).total_seconds()
        if not response.is_success:
            raise failure(response)
        data = object_in(response).get("data")
        sent = data.get("dm_event_id") if isinstance(data, dict) else None
        if not isinstance(sent, str):
            raise UnknownOutcome("X ha risposto senza dire che cosa ha fatto")
        return sent

    def _wait_for_the_window(self) -> None:
        """Until then X refuses whatever we ask for."""
        wait = self._free_at - time.monotonic()
        if wait > 0:
            raise TemporaryFailure(LIMIT, retry_after=timedelta(seconds=wait))


def parts(message: Outbound) -> list[str]:
    return split(numbered(message.text, message.buttons), LONGEST)


def numbered(text: str, buttons: tuple[Button, ...]) -> str:
    """X has no buttons any more: the choices stand below the text, to be answered in words."""
    return "\n\n".join(part for part in (text, "\n".join(lines(buttons))) if part)
