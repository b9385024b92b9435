"""Sends a claimed message through its channel and writes down how that ended."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

import journal
from handoff import conversations, echoes, outbox
from handoff.channel import (
    Channel,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
    UnknownOutcome,
    Unreachable,
)
from handoff.channel.windows import Standing, standing
from handoff.db import Database
from handoff.leases import SEND_WITHIN
from handoff.outbox import Claimed
from handoff.speech import COURTESIES
from handoff.tables import Message, Outbox, present
from handoff.telemetry import NOBODY, Telemetry
from handoff.undelivered import call_a_person, note_failure

WITHHELD = "withheld"  # what need not or must not leave
ONLY_PERSONS = "su questo canale scrivono solo persone"
NOT_WORTH_IT = "su questo canale le cortesie si risparmiano"
OVERSLEPT = "non è partito in tempo"
logger = logging.getLogger(__name__)
CLOSED = "il cittadino non scrive da troppo tempo: il canale non accetta più messaggi liberi"


class Delivery:
    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        telemetry: Telemetry = NOBODY,
        *,
        send_within: float = SEND_WITHIN,
    ) -> None:
        self.database = database
        self._send_within = send_within  # seconds from the claim, below the lease
        self._telemetry = telemetry
        self.channels = channels

    async def deliver(self, job: Claimed) -> None:
        """One attempt; its row is committed already. Nothing is open while the channel sends."""
        with journal.bound(
            request_id=job.message.trace.get("request_id"),
            conversation=job.conversation_id,
            message=job.message.id,
        ):
            result = await self._deliver(job)
            journal.note(
                logger, "attempt", channel=job.channel, number=job.attempts, result=result
            )
        self._telemetry.attempted(job.channel, result)

    async def _deliver(self, job: Claimed) -> str:
        """How it ended: sent | later | failed | unknown | withheld."""
        channel = self.channels.get(job.channel)
        if channel is None:
            return await self._give_up(job, "failed", "refused", "il canale non è attivo")
        if held := _why_withheld(channel, job.message):
            return await self._settle(job, WITHHELD, None, held)
        if job.too_old:
            return await self._give_up(job, "failed", "late", "non consegnato entro un giorno")
        if job.interrupted and not channel.recognises_repeats:
            return await self._unknown(job, channel, "invio interrotto: forse è arrivato")
        return await self._within_window(job, channel)

    async def _within_window(self, job: Claimed, channel: Channel) -> str:
        """What the provider would refuse for its lateness does not leave at all."""
        outbound, how = job.outbound, standing(channel, job.heard_at, present())
        if how is Standing.HUMAN_ONLY and outbound.author == "operator":
            outbound = replace(outbound, late=True)
        elif how is not Standing.OPEN and (outbound.template is None or not channel.has_templates):
            return await self._fail(job, "window_closed", CLOSED)
        return await self._attempt(replace(job, outbound=outbound), channel)

    async def _attempt(self, job: Claimed, channel: Channel) -> str:
        send_by = job.claimed_at + self._send_within
        if asyncio.get_running_loop().time() > send_by:  # our process stood still
            return await self._later(job, OVERSLEPT)
        try:
            async with asyncio.timeout_at(send_by):
                receipt = await channel.send(job.outbound)
        except TimeoutError:
            return await self._unknown(job, channel, "il servizio non ha risposto in tempo")
        except TemporaryFailure as failure:
            return await self._later(job, str(failure), failure.retry_after)
        except UnknownOutcome as failure:
            return await self._unknown(job, channel, str(failure))
        except PermanentFailure as failure:
            result = await self._fail(job, failure.cause, str(failure))
            if isinstance(failure, Unreachable):
                await self._mark_unreachable(job)
            return result
        return await self._sent(job, receipt)

    async def _later(self, job: Claimed, reason: str, retry_after: timedelta | None = None) -> str:
        await self.database.insist(
            lambda session: outbox.later(session, job, reason=reason, retry_after=retry_after)
        )
        return "later"

    async def _unknown(self, job: Claimed, channel: Channel, reason: str) -> str:
        """Again where repeats are recognised; else wait for a status, if any may come."""
        if channel.recognises_repeats:
            return await self._later(job, reason)
        if channel.reports_within is None:
            return await self._give_up(job, "unknown", "unknown", reason)
        return await self._settle(job, "unknown", "unknown", reason, wait=channel.reports_within)

    async def _sent(self, job: Claimed, receipt: Receipt) -> str:
        """It has left: what a database that is away forgets of it, a citizen reads twice."""

        async def note(session: AsyncSession) -> None:
            await outbox.settle(session, job, "sent", external_ids=receipt.external_ids)
            await echoes.look_again(session, job.channel, job.outbound.address)
            row = await session.get_one(Outbox, job.id)
            if row.state == "failed":  # a report of it was faster than the answer
                await note_failure(session, row)
            if job.message.secret:
                await conversations.seen(session, job.conversation_id, seq=job.message.seq)

        await self.database.insist(note)
        return "sent"

    async def _fail(self, job: Claimed, cause: str, reason: str) -> str:
        """An operator has to know that a reply did not arrive; of the bot's words it is noted."""
        if job.message.author == "operator":
            return await self._give_up(job, "failed", cause, reason)
        return await self._settle(job, "failed", cause, reason)

    async def _settle(
        self,
        job: Claimed,
        state: str,
        cause: str | None,
        reason: str,
        *,
        wait: timedelta | None = None,
    ) -> str:
        await self.database.insist(
            lambda session: self._write_down(session, job, state, cause, reason, wait)
        )
        return state

    async def _write_down(
        self,
        session: AsyncSession,
        job: Claimed,
        state: str,
        cause: str | None,
        reason: str,
        wait: timedelta | None = None,
    ) -> bool:
        channel = self.channels.get(job.channel)
        settled = await outbox.settle(
            session,
            job,
            state,
            cause=cause,
            reason=reason,
            wait=wait,
            parts=len(channel.parts_of(job.outbound)) if channel else 1,
        )
        await echoes.look_again(session, job.channel, job.outbound.address)
        return settled

    async def _mark_unreachable(self, job: Claimed) -> None:
        async def note(session: AsyncSession) -> None:
            conversation = await conversations.lock(session, job.conversation_id)
            conversation.unreachable = True

        await self.database.insist(note)

    async def _give_up(self, job: Claimed, state: str, cause: str, reason: str) -> str:
        """A person decides what to do with it."""

        async def note(session: AsyncSession) -> None:
            if await self._write_down(session, job, state, cause, reason):
                await call_a_person(session, job.conversation_id, job.message.id)

        await self.database.insist(note)
        return state

    async def look_after_the_unknown(self) -> int:
        """What no status told of in time becomes a person's choice; how many there were."""
        async with self.database.begin() as session:
            found = await outbox.overdue(session)
            # in the order in which all lock conversations
            for row in sorted(found, key=lambda each: each.conversation_id):
                await call_a_person(session, row.conversation_id, row.message_id)
        return len(found)


def _why_withheld(channel: Channel, message: Message) -> str | None:
    if message.author == "operator":
        return None
    if not channel.answers_alone:
        return ONLY_PERSONS
    return NOT_WORTH_IT if channel.is_terse and message.topic in COURTESIES else None
