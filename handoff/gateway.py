"""What happens to a message that came in: stored with its emergency's answer, or not at all."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import MappingProxyType
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

import journal
from handoff import choosing, conversations, hearing, inbox, tidings
from handoff.channel import Channel, Event, Inbound, NotOffered, Received
from handoff.db import Database
from handoff.joining import Codes
from handoff.knowledge import Knowledge
from handoff.notify import ring
from handoff.reception import PrivacyNotice, Reception
from handoff.safety import Finding, Safety
from handoff.tables import Conversation, Message
from handoff.telemetry import NOBODY, Telemetry
from handoff.tidings import Tidings

LONG = 2_000  # characters; they take 50 ms
__all__ = ["Gateway", "PrivacyNotice"]
logger = logging.getLogger(__name__)


class Seat(Protocol):
    """A worker of this process, free for what is being stored."""

    owner: str

    def start(self, job: inbox.Claimed) -> None: ...


class Hands(Protocol):
    def seat(self) -> AbstractContextManager[Seat | None]: ...


class Gateway:
    """The one door in."""

    def __init__(
        self,
        database: Database,
        knowledge: Knowledge,
        safety: Safety,
        *,
        privacy: PrivacyNotice,
        channels: Mapping[str, Channel] = MappingProxyType({}),
        codes: Codes | None = None,
        telemetry: Telemetry = NOBODY,
    ) -> None:
        self.database = database
        self.knowledge = knowledge
        self.safety = safety
        self._channels = channels
        codes = codes or Codes.of_this_process()
        self._reception = Reception(knowledge, privacy, channels, codes)
        self._telemetry = telemetry
        self._hands: Hands | None = None

    def employ(self, hands: Hands) -> None:
        """Give what comes in to workers of this process at once, as long as one is free."""
        self._hands = hands

    async def open_conversation(self, *, channel: str, address: str) -> str:
        """Begin with the legal notice, before the citizen says anything. Its id."""
        async with self.database.begin() as session:
            return (await self._reception.conversation(session, channel, address, None)).id

    async def take(self, event: Event) -> Received | None:
        """What a channel tells; when this returns it is committed. A repeat changes nothing."""
        if isinstance(event, Inbound):
            return await self.receive(event)
        with journal.followed(), self._noticing(event.channel):
            try:
                await self._take(event)
            except IntegrityError:  # told by two deliveries at once
                await self._take(event)
        return None

    async def _take(self, event: Tidings) -> None:
        async with self.database.begin() as session:
            await tidings.take(session, event, self._channels)

    async def receive(self, inbound: Inbound) -> Received:
        """Store a message; when this returns it is committed. A repeat changes nothing."""
        with journal.followed(), self._noticing(inbound.channel):
            return await self._receive(inbound)

    @contextmanager
    def _noticing(self, channel: str) -> Iterator[None]:
        try:
            yield
        except NotOffered:  # an old button: nothing is broken
            raise
        except Exception:
            self._telemetry.refused(channel)
            raise

    async def _receive(self, inbound: Inbound) -> Received:
        typed = inbound.payload is None  # a pressed button's text is ours
        words = " ".join(filter(None, (inbound.subject, inbound.text)))
        finding = await self._look(words) if typed else None
        inbound = hearing.storable(inbound)
        try:
            received = await self._store(inbound, finding)
        except IntegrityError:  # another delivery of it was stored between our look and our write
            received = await self._store(inbound, finding)
        self._tell(inbound, received, finding)
        return received

    def _tell(self, inbound: Inbound, received: Received, finding: Finding | None) -> None:
        if not received.duplicate:
            self._telemetry.received(inbound.channel)
            if finding is not None:
                self._telemetry.alarmed(finding.topic)
        journal.note(
            logger,
            "received",
            channel=inbound.channel,
            conversation=received.conversation_id,
            message=received.message_id,
            repeat=received.duplicate or None,
            safety=finding.topic if finding else None,
        )

    async def _look(self, words: str) -> Finding | None:
        """What takes long to read must not hold up everybody else."""
        if len(words) <= LONG:
            return self.safety.look(words)
        return await asyncio.to_thread(self.safety.look, words)

    async def _store(self, inbound: Inbound, finding: Finding | None) -> Received:
        with self._hands.seat() if self._hands else nullcontext() as seat:
            received, job = await self._store_for(seat, inbound, finding)
            if seat and job:
                seat.start(job)
        return received

    async def _store_for(
        self, seat: Seat | None, inbound: Inbound, finding: Finding | None
    ) -> tuple[Received, inbox.Claimed | None]:
        """With the claim in it, if a worker waits and nothing else stands before it."""
        async with self.database.begin() as session:
            # locked before we look, or deliveries of one message wait for each other crosswise
            conversation, is_proven = await self._reception.conversation_of(session, inbound)
            known = await inbox.find(
                session, channel=inbound.channel, external_id=inbound.external_id
            )
            if known is not None:
                return _received(known, duplicate=True), None
            inbound = hearing.adjusted(inbound, conversation)
            channel = self._channels.get(inbound.channel)
            inbound = await choosing.chosen(session, conversation, inbound, channel)
            await _refuse_unless_offered(session, conversation, inbound.payload)
            is_first = seat is not None and await inbox.is_first(session, conversation.id)
            message, row = await self._reception.hear(
                session, conversation, inbound, finding, is_proven=is_proven
            )
            job = None
            if seat and is_first and row.state == "ready":
                job = await inbox.take(session, message, conversation, row, owner=seat.owner)
            elif row.state == "ready":
                ring(session, "inbox")
        return _received(message, duplicate=False), job


def _received(message: Message, *, duplicate: bool) -> Received:
    return Received(
        message_id=message.id,
        seq=message.seq,
        conversation_id=message.conversation_id,
        duplicate=duplicate,
    )


async def _refuse_unless_offered(
    session: AsyncSession, conversation: Conversation, payload: str | None
) -> None:
    if payload is not None and not await conversations.offered(session, conversation.id, payload):
        raise NotOffered(payload)
