"""What is written down of a message that came in, inside the transaction that stores it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from handoff import conversations, hearing, inbox, joining, tickets
from handoff.channel import Channel, Inbound
from handoff.joining import Codes
from handoff.knowledge import Knowledge
from handoff.safety import Finding
from handoff.speech import NOTICE, Speech
from handoff.tables import Conversation, Inbox, Message, present
from italian.masked import without_codes

WORDS_SHOWN = 300  # characters of an emergency that stand in the queue itself
KINDS = {"emergenza": "emergenza", "crisi_psicologica": "crisi"}  # of tickets, by safety topic


@dataclass(frozen=True, slots=True)
class PrivacyNotice:
    """Where it can be read, and which one: a new version is shown to everybody again."""

    url: str
    version: str


class Reception:
    """The message, its conversation, the notice it is owed, and an emergency's answer."""

    def __init__(
        self,
        knowledge: Knowledge,
        privacy: PrivacyNotice,
        channels: Mapping[str, Channel],
        codes: Codes,
    ) -> None:
        self._knowledge = knowledge
        self._privacy = privacy
        self._channels = channels
        self._codes = codes

    async def hear(
        self,
        session: AsyncSession,
        conversation: Conversation,
        inbound: Inbound,
        finding: Finding | None,
        *,
        is_proven: bool,
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
        await hearing.note_particulars(
            session, message, conversation, inbound, is_proven=is_proven
        )
        if wish and inbound.wants == "bot":
            message.trace = {**message.trace, **joining.noted(wish, self._codes)}
        if inbound.wants == "bot":
            await self._owe_notice(session, conversation, message, is_urgent=finding is not None)
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
            await Speech(session, conversation, self._knowledge).system("codici_nascosti")
        return message, row

    async def conversation_of(
        self, session: AsyncSession, inbound: Inbound
    ) -> tuple[Conversation, bool]:
        """And whether its citizen surely wrote this: who answers us has received what we wrote."""
        thread = await hearing.thread_of(session, inbound)
        if thread is not None:
            return thread, True
        found = await self.conversation(
            session,
            inbound.channel,
            inbound.address,
            inbound.name,
            aloud=inbound.wants == "bot",
        )
        channel = self._channels.get(inbound.channel)
        return found, channel is None or channel.knows_sender

    async def conversation(
        self,
        session: AsyncSession,
        channel: str,
        address: str,
        name: str | None,
        *,
        aloud: bool = True,
    ) -> Conversation:
        conversation, _ = await conversations.find_or_add(
            session, channel=channel, address=address, pulled=self._pulled(channel), name=name
        )
        if aloud and not self._is_terse(channel):
            await self._notify(session, conversation)
        return conversation

    async def _notify(self, session: AsyncSession, conversation: Conversation) -> None:
        """Say the legal notice, unless this one was said here."""
        if conversation.notice != self._privacy.version:
            await Speech(session, conversation, self._knowledge).system(
                self._notice(conversation), {"privacy_url": self._privacy.url}
            )
            conversation.notice = self._privacy.version

    def _notice(self, conversation: Conversation) -> str:
        return "avviso" if conversation.notice is None else "avviso_nuovo"

    async def _owe_notice(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message: Message,
        *,
        is_urgent: bool,
    ) -> None:
        """Where each message weighs the answer brings it along; a person's answer does not.

        It counts as said when it is: should nothing answer this message, the next one owes it.
        """
        if is_urgent or not self._is_terse(conversation.channel):
            return
        if conversation.holder == "operator":
            await self._notify(session, conversation)
        elif conversation.notice != self._privacy.version:
            owed = {
                "key": self._notice(conversation),
                "version": self._privacy.version,
                "url": self._privacy.url,
            }
            message.trace = {**message.trace, NOTICE: owed}

    def _is_terse(self, channel: str) -> bool:
        known = self._channels.get(channel)
        return known is not None and known.is_terse

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
        speech = Speech(session, conversation, self._knowledge, reply_to=message)
        await speech.bot(finding.topic, {"pratica": ticket.name}, trace={"rule": finding.rule})
        if self._is_terse(conversation.channel):
            await self._notify(session, conversation)
