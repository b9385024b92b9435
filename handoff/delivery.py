"""Sends a claimed message through its channel and writes down how that ended."""

from collections.abc import Mapping

from handoff import conversations, outbox, tickets
from handoff.channel import Channel, PermanentFailure, Receipt, TemporaryFailure, UnknownOutcome
from handoff.db import Database
from handoff.outbox import Claimed

UNDELIVERED = "consegna"  # a kind of ticket that leaves the word where it is


class Delivery:
    def __init__(self, database: Database, channels: Mapping[str, Channel]) -> None:
        self.database = database
        self.channels = channels

    async def deliver(self, job: Claimed) -> None:
        """One attempt; its row is committed already. Nothing is open while the channel sends."""
        channel = self.channels.get(job.channel)
        if channel is None:
            await self._give_up(job, "failed", "il canale non è attivo")
        elif job.too_old:
            await self._give_up(job, "failed", "non consegnato entro un giorno")
        elif job.interrupted and not channel.recognises_repeats:
            await self._give_up(job, "unknown", "invio interrotto: forse è arrivato")
        else:
            await self._attempt(job, channel)

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
            await self._settle(job, "failed", str(failure))
        else:
            await self._sent(job, receipt)

    async def _unknown(self, job: Claimed, channel: Channel, reason: str) -> None:
        if not channel.recognises_repeats:
            await self._give_up(job, "unknown", reason)
            return
        async with self.database.begin() as session:
            await outbox.later(session, job, reason=reason, retry_after=None)

    async def _sent(self, job: Claimed, receipt: Receipt) -> None:
        async with self.database.begin() as session:
            await outbox.settle(
                session, job, "sent", external_id=next(reversed(receipt.external_ids), None)
            )
            if job.message.secret:
                await conversations.seen(session, job.conversation_id, seq=job.message.seq)

    async def _settle(self, job: Claimed, state: str, reason: str) -> None:
        async with self.database.begin() as session:
            await outbox.settle(session, job, state, reason=reason)

    async def _give_up(self, job: Claimed, state: str, reason: str) -> None:
        """A person decides what to do with it."""
        async with self.database.begin() as session:
            if not await outbox.settle(session, job, state, reason=reason):
                return
            conversation = await conversations.lock(session, job.conversation_id)
            if not await tickets.waits_for(session, conversation.id, kind=UNDELIVERED):
                await tickets.open_ticket(
                    session,
                    conversation,
                    kind=UNDELIVERED,
                    reason="non_consegnata",
                    message_id=job.message.id,
                )
