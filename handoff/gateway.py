"""What happens to a message that came in: stored with its emergency's answer, or not at all."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

import journal
from handoff import choosing, conversations, hearing, inbox, joining, tickets, tidings
from handoff.channel import Channel, Event, Inbound, NotOffered, Received
from handoff.db import Database
from handoff.joining import Codes
from handoff.knowledge import Knowledge
from handoff.notify import ring
from handoff.safety import Finding, Safety
from handoff.speech import Speech
from handoff.tables import Conversation, Inbox, Message, present
from handoff.telemetry import NOBODY, Telemetry
from handoff.tidings import Tidings
from italian.masked import without_codes

LONG = 2_000  # characters; they take 50 ms
WORDS_SHOWN = 300  # characters of an emergency that stand in the queue itself
logger = logging.getLogger(__name__)
KINDS = {"emergenza": "emergenza", "crisi_psicologica": "crisi"}  # of tickets, by safety topic


class Seat(Protocol):
    """A worker of this process, free for what is being stored."""

    owner: str

    def start(self, job: inbox.Claimed) -> None: ...


class Hands(Protocol):
    def seat(self) -> AbstractContextManager[Seat | None]: ...


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
    """Where it can be read, and which one: a new version is shown to everybody again."""

    url: str
    version: str


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
        self._privacy = privacy
        self._channels = channels
        self._codes = codes or Codes.of_this_process()
        self._telemetry = telemetry
        self._hands: Hands | None = None

    def employ(self, hands: Hands) -> None:
        """Give what comes in to workers of this process at once, as long as one is free."""
        self._hands = hands

    async def open_conversation(self, *, channel: str, address: str) -> str:
        """Begin with the legal notice, before the citizen says anything. Its id."""
        async with self.database.begin() as session:
            return (await self._conversation(session, channel, address, None)).id

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
            conversation = await self._conversation_of(session, inbound)
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
            message, row = await self._hear(session, conversation, inbound, finding)
            job = None
            if seat and is_first and row.state == "ready":
                job = await inbox.take(session, message, conversation, row, owner=seat.owner)
            elif row.state == "ready":
                ring(session, "inbox")
        return _received(message, duplicate=False), job

    async def _hear(
        self,
        session: AsyncSession,
        conversation: Conversation,
        inbound: Inbound,
        finding: Finding | None,
    ) -> tuple[Message, Inbox]:
        """Write it down with what must be said at once, and leave the rest to the workers."""
        if conversation.address == inbound.address and inbound.wants != "nobody":
            conversation.heard_at, conversation.unreachable = present(), False
        heard = inbound.text
        wish = joining.wish_of(heard) if inbound.payload is None else None
        heard = wish.text if wish else await joining.without_codes(session, heard, self._codes)
        text = without_codes(heard)
        is_rest = inbound.group is not None and await hearing.continues_album(
            session, conversation, inbound.group
        )
        message = conversations.hear(session, conversation, text=text, payload=inbound.payload)
        await hearing.note_particulars(session, message, conversation, inbound)
        if wish and inbound.wants == "bot":
            message.trace = {**message.trace, **joining.noted(wish, self._codes)}
        await session.flush()
        row = inbox.put(session, message, channel=inbound.channel, external_id=inbound.external_id)
        if finding is not None or inbound.wants != "bot" or (is_rest and not text):
            row.state = "done"
        if finding is not None:
            await self._save_a_life(
                session, conversation, message, finding, aloud=inbound.wants == "bot"
            )
        elif inbound.wants == "person":
            await hearing.file_letter(session, conversation, message)
        if text != heard and inbound.wants == "bot":
            await Speech(session, conversation, self.knowledge).system("codici_nascosti")
        return message, row

    async def _conversation_of(self, session: AsyncSession, inbound: Inbound) -> Conversation:
        thread = await hearing.thread_of(session, inbound)
        return thread or await self._conversation(
            session,
            inbound.channel,
            inbound.address,
            inbound.name,
            aloud=inbound.wants == "bot",
        )

    async def _conversation(
        self,
        session: AsyncSession,
        channel: str,
        address: str,
        name: str | None,
        *,
        aloud: bool = True,
    ) -> Conversation:
        conversation, is_new = await conversations.find_or_add(
            session, channel=channel, address=address, pulled=self._pulled(channel), name=name
        )
        if aloud and conversation.notice != self._privacy.version:
            await Speech(session, conversation, self.knowledge).system(
                "avviso" if is_new else "avviso_nuovo", {"privacy_url": self._privacy.url}
            )
            conversation.notice = self._privacy.version
        return conversation

    def _pulled(self, channel: str) -> bool:
        """True where citizens fetch their messages from us."""
        known = self._channels.get(channel)
        return known is not None and known.pulled

    async def _save_a_life(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message: Message,
        finding: Finding,
        *,
        aloud: bool,
    ) -> None:
        """The fixed text and the ticket, in the transaction that stores the message itself.

        Not `aloud` where no machine may answer: then the ticket alone calls a person.
        """
        kind, words = KINDS[finding.topic], {"emergenza": message.text[:WORDS_SHOWN]}
        if conversation.ticket_id is None:
            opened = await tickets.open_ticket(
                session,
                conversation,
                kind=kind,
                reason="sicurezza",
                topic=finding.topic,
                fields=words,
                message_id=message.id,
            )
            ticket = opened.ticket
        else:
            ticket = await tickets.escalate(session, conversation, kind=kind, fields=words)
        if not aloud:
            return
        speech = Speech(session, conversation, self.knowledge, reply_to=message)
        await speech.bot(finding.topic, {"pratica": ticket.name}, trace={"rule": finding.rule})


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
