"""Fetches files that came with messages, looks at them, and keeps those that are harmless."""

import asyncio
import hashlib
from collections.abc import Mapping

from handoff import attachments
from handoff.attachments import (
    LARGEST,
    TOO_BIG,
    WAITING,
    Claimed,
    Outcome,
    Refused,
    Room,
    Scanner,
    ScannerAway,
    check,
)
from handoff.channel import Channel, DeliveryError, PermanentFailure
from handoff.db import Database

MAX_ATTEMPTS = 8  # with the pauses between them about half an hour
LONGEST_FETCH = 120.0  # seconds
LONGEST_PAUSE = 300.0  # seconds
LOOK_AGAIN = 30.0  # seconds until scanner or disk are asked again
ENOUGH = Room()
GONE = "Il file non è più disponibile: lo mandi di nuovo, per favore."
NOT_FETCHED = "Non è stato possibile scaricare il file: lo mandi di nuovo, per favore."


class Collecting:
    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        scanner: Scanner,
        room: Room = ENOUGH,
    ) -> None:
        self.database = database
        self._channels = channels
        self._scanner = scanner
        self._room = room

    async def collect(self, job: Claimed) -> None:
        """One look at one file. Nothing is open while a provider or the scanner is asked."""
        if job.content is None and self._room.is_scarce:
            await self._put_off(job)
            return
        try:
            outcome = await self._look(job)
        except Refused as refusal:
            outcome = _refused(job, str(refusal))
        except PermanentFailure:
            outcome = _refused(job, GONE)
        except (DeliveryError, TimeoutError):
            await self._again(job)
            return
        await self._settle(job, outcome)

    async def _look(self, job: Claimed) -> Outcome:
        if job.attempts > MAX_ATTEMPTS:  # it may be what kills its worker
            raise Refused(NOT_FETCHED)
        content = job.content if job.content is not None else await self._fetched(job)
        seen = check(job.name, content, beside_evidence=job.beside_evidence)
        state, reason = "kept", None
        try:
            await self._scanner.look(content)
        except ScannerAway:
            state, reason = "held", WAITING
        return Outcome(
            state=state,
            name=seen.name,
            media_type=seen.media_type,
            reason=reason,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            wait=LOOK_AGAIN,
        )

    async def _fetched(self, job: Claimed) -> bytes:
        channel = self._channels.get(job.channel)
        if channel is None:
            raise PermanentFailure("no such channel")
        if job.size is not None and job.size > LARGEST:
            raise Refused(TOO_BIG)
        async with asyncio.timeout(LONGEST_FETCH):
            return (await channel.fetch(job.reference, at_most=LARGEST)).content

    async def _put_off(self, job: Claimed) -> None:
        """The provider keeps it, where there is room."""
        async with self.database.begin() as session:
            await attachments.again(session, job, pause=LOOK_AGAIN, counts=False)

    async def _again(self, job: Claimed) -> None:
        pause = min(LONGEST_PAUSE, 5.0 * 3.0 ** (job.attempts - 1))
        if job.attempts >= MAX_ATTEMPTS:
            await self._settle(job, _refused(job, NOT_FETCHED))
            return
        async with self.database.begin() as session:
            await attachments.again(session, job, pause=pause)

    async def _settle(self, job: Claimed, outcome: Outcome) -> None:
        async with self.database.begin() as session:
            await attachments.settle(session, job, outcome)


def _refused(job: Claimed, reason: str) -> Outcome:
    return Outcome(state="refused", name=job.name, media_type="", reason=reason)
