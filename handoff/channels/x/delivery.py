"""Sends a message: in parts when it is long, and not before X lets us."""

import re
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handoff.channel import (
    Button,
    File,
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


@dataclass(frozen=True, slots=True)
class Part:
    """One message of X's: it carries one picture at most."""

    text: str
    picture: File | None = None


class Delivery:
    def __init__(self, api: Api, *, begin_within: float) -> None:
        self._api = api
        self._begin_within = begin_within  # seconds after which no further part is begun
        self._unfinished = Unfinished()
        self._free_at = 0.0  # by the monotonic clock

    async def send(self, message: Outbound) -> Receipt:
        if not re.fullmatch(r"\d{1,20}", message.address, re.ASCII):
            raise PermanentFailure("non è un account di X")
        begun = time.monotonic()
        for number, part in enumerate(parts(message)[self._unfinished.count(message.key) :]):
            if number and time.monotonic() - begun > self._begin_within:
                raise TemporaryFailure("X risponde lentamente, il resto segue")
            self._unfinished.add(message.key, await self._send_part(message.address, part))
        return Receipt(self._unfinished.finish(message.key))

    async def _send_part(self, address: str, part: Part) -> str:
        self._wait_for_the_window()
        body: dict[str, Any] = {"text": part.text} if part.text else {}
        if part.picture:
            body["attachments"] = [{"media_id": await self._api.upload(part.picture)}]
        response = await self._api.post(f"/2/dm_conversations/with/{address}/messages", body)
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


def parts(message: Outbound) -> list[Part]:
    """As few as may be, each is paid for: the last text takes the first picture along."""
    *before, last = split(numbered(message.text, message.buttons), LONGEST) or [""]
    first, *more = message.files or (None,)
    made = [*map(Part, before), Part(last, first), *(Part("", file) for file in more)]
    return [part for part in made if part.text or part.picture]


def numbered(text: str, buttons: tuple[Button, ...]) -> str:
    """X has no buttons any more: the choices stand below the text, to be answered in words."""
    return "\n\n".join(part for part in (text, "\n".join(lines(buttons))) if part)
