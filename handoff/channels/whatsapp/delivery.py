"""Sends a message in as few pieces as may be, and goes on where an earlier attempt ended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from handoff.channel import (
    DeliveryError,
    Outbound,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    UnknownOutcome,
)
from handoff.channels.whatsapp.bodies import Piece, is_too_large, pieces
from handoff.channels.whatsapp.errors import failure_of
from handoff.channels.whatsapp.graph import Graph

REMEMBERED = 1000  # unfinished messages
TO_BE_CONTINUED = "in più parti: continua"


@dataclass(slots=True)
class Progress:
    sent: list[str] = field(default_factory=list)  # WhatsApp's ids
    refusals: int = 0


class Delivery:
    """Remembers which pieces of an unfinished message arrived, and how often it was refused.

    The memory is this process's: after a restart, or in another worker, a message whose later
    piece was refused begins again at its first. Twice read is better than half read.
    """

    def __init__(self, graph: Graph, *, begin_within: float) -> None:
        self._graph = graph
        self._begin_within = begin_within  # seconds after which no further piece is begun
        self._unfinished: dict[str, Progress] = {}

    async def send(self, message: Outbound) -> Receipt:
        last_moment = time.monotonic() + self._begin_within
        made = pieces(message)
        with self._progress(message.key) as progress:
            for piece in made[len(progress.sent) :]:
                if time.monotonic() > last_moment:
                    raise TemporaryFailure(TO_BE_CONTINUED)
                progress.sent.append(await self._send_piece(piece, progress))
        return Receipt(tuple(progress.sent))

    @contextmanager
    def _progress(self, key: str) -> Iterator[Progress]:
        progress = self._unfinished.pop(key, Progress())
        try:
            yield progress
        except TemporaryFailure:
            progress.refusals += 1
            self._unfinished[key] = progress
            if len(self._unfinished) > REMEMBERED:
                del self._unfinished[next(iter(self._unfinished))]
            raise

    async def _send_piece(self, piece: Piece, progress: Progress) -> str:
        if piece.file is not None:
            if is_too_large(piece.file.media_type, len(piece.file.content)):
                raise PermanentFailure("il file è troppo grande per WhatsApp")
            kind = piece.body["type"]
            piece.body[kind]["id"] = await self._graph.upload(piece.file)
        response = await self._graph.write(piece.body)
        if not response.is_success:
            raise self._failure(response, progress)
        return accepted(response)

    def _failure(self, response: httpx.Response, progress: Progress) -> DeliveryError:
        return failure_of(response, refusals=progress.refusals + 1)


def accepted(response: httpx.Response) -> str:
    """The id of what WhatsApp took: no more than taken, statuses tell the rest."""
    try:
        given = response.json()["messages"][0]["id"]
    except (ValueError, KeyError, TypeError, IndexError):
        given = None
    if isinstance(given, str) and given:
        return given
    raise UnknownOutcome("risposta senza senso")
