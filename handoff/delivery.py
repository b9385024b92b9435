"""Sends a claimed message through its channel and writes down how that ended."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from handoff import conversations, outbox, tickets
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
from handoff.outbox import Claimed
from handoff.tables import present

UNDELIVERED = "consegna"  # a kind of ticket that leaves the word where it is
WITHHELD = "withheld"  # a machine's words where only persons may write
CLOSED = "il cittadino non scrive da troppo tempo: il canale non accetta più messaggi liberi"


class Delivery:
    def __init__(self, database: Database, channels: Mapping[str, Channel]) -> None:
        self.database = database
        self.channels = channels

    async def deliver(self, job: Claimed) -> None:
        """One attempt; its row is committed already. Nothing is open while the channel sends."""
        channel = self.channels.get(job.channel)
        if channel is None:
            await self._give_up(job, "failed", "refused", "il canale non è attivo")
        elif not (channel.answers_alone or job.message.author == "operator"):
            await self._settle(job, WITHHELD, None, "su questo canale scrivono solo persone")
        elif job.too_old:
            await self._give_up(job, "failed", "late", "non consegnato entro un giorno")
        elif job.interrupted and not channel.recognises_repeats:
            await self._unknown(job, channel, "invio interrotto: forse è arrivato")
        else:
            await self._within_window(job, channel)

    async def _within_window(self, job: Claimed, channel: Channel) -> None:
        """What the provider would refuse for its lateness does not leave at all."""
        outbound, how = job.outbound, standing(channel, job.heard_at, present())
        if how is Standing.HUMAN_ONLY and outbound.author == "operator":
            outbound = replace(outbound, late=True)
        elif how is not Standing.OPEN and (outbound.template is None or not channel.has_templates):
            await self._fail(job, "window_closed", CLOSED)
            return
        await self._attempt(replace(job, outbound=outbound), channel)

    async def _attempt(self, job: Claimed, channel: Channel) -> None:
        try:
            receipt = await channel.send(job.outbound)
        except TemporaryFailure as failure:
            async with self.database.begin() as session:
                await outbox.later(
                    session, job, reason=str(failure), retry_after=failure.retry_after
                )
        except UnknownOutcome as failure:
            await self._unknown(job, channel, str(failure))
        except PermanentFailure as failure:
            await self._fail(job, failure.cause, str(failure))
            if isinstance(failure, Unreachable):
                await self._mark_unreachable(job)
        else:
            await self._sent(job, receipt)

    async def _unknown(self, job: Claimed, channel: Channel, reason: str) -> None:
        """Again where repeats are recognised; else wait for a status, if any may come."""
        if channel.recognises_repeats:
            async with self.database.begin() as session:
                await outbox.later(session, job, reason=reason, retry_after=None)
        elif channel.reports_within is None:
            await self._give_up(job, "unknown", "unknown", reason)
        else:
            async with self.database.begin() as session:
                await outbox.settle(
                    session,
                    job,
                    "unknown",
                    cause="unknown",
                    reason=reason,
                    wait=channel.reports_within,
                )

    async def _sent(self, job: Claimed, receipt: Receipt) -> None:
        async with self.database.begin() as session:
            await outbox.settle(session, job, "sent", external_ids=receipt.external_ids)
            if job.message.secret:
                await conversations.seen(session, job.conversation_id, seq=job.message.seq)

    async def _fail(self, job: Claimed, cause: str, reason: str) -> None:
        """An operator has to know that a reply did not arrive; of the bot's words it is noted."""
        if job.message.author == "operator":
            await self._give_up(job, "failed", cause, reason)
        else:
            await self._settle(job, "failed", cause, reason)

    async def _settle(self, job: Claimed, state: str, cause: str | None, reason: str) -> None:
        async with self.database.begin() as session:
            await outbox.settle(session, job, state, cause=cause, reason=reason)

    async def _mark_unreachable(self, job: Claimed) -> None:
        async with self.database.begin() as session:
            conversation = await conversations.lock(session, job.conversation_id)
            conversation.unreachable = True

    async def _give_up(self, job: Claimed, state: str, cause: str, reason: str) -> None:
        """A person decides what to do with it."""
        async with self.database.begin() as session:
            if await outbox.settle(session, job, state, cause=cause, reason=reason):
                await _call_a_person(session, job.conversation_id, job.message.id)

    async def look_after_the_unknown(self) -> int:
        """What no status told of in time becomes a person's choice; how many there were."""
        async with self.database.begin() as session:
            found = await outbox.overdue(session)
            # in the order in which all lock conversations
            for row in sorted(found, key=lambda each: each.conversation_id):
                await _call_a_person(session, row.conversation_id, row.message_id)
        return len(found)


async def _call_a_person(session: AsyncSession, conversation_id: str, message_id: str) -> None:
    """Once per conversation, and not while somebody is looking at it anyway."""
    conversation = await conversations.lock(session, conversation_id)
    if conversation.holder != "bot":
        return
    if not await tickets.waits_for(session, conversation.id, kind=UNDELIVERED):
        await tickets.open_ticket(
            session,
            conversation,
            kind=UNDELIVERED,
            reason="non_consegnata",
            message_id=message_id,
        )
