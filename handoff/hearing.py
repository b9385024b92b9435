"""Stores what a citizen's message is, besides its words: whose it is, and for whom."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import attachments, conversations, inbox, receipts, tickets
from handoff.channel import Attachment, Inbound
from handoff.channel.webhook import clean
from handoff.tables import UNPROVEN, Conversation, Message, Ticket, present
from handoff.tickets import note_joined

LETTER = "posta"  # a kind of ticket: a person answers, the bot never does
LONGEST_SUBJECT = 200  # characters
LONGEST_TEXT = 64_000  # characters
LONGEST_NAME = 200
LONGEST_ID = 255
LONGEST_NOTE = 2_000  # of what stands beside the text
LATE = "late"  # in a message's trace: when it was written, if it came much later
LATE_AFTER = timedelta(minutes=10)
CUT = "\n[testo troncato]"


def storable(inbound: Inbound) -> Inbound:
    """As it came, but for what no column can hold: else it would come again for ever."""
    text = clean(inbound.text)
    return replace(
        inbound,
        external_id=_id(inbound.external_id),
        address=_id(inbound.address),
        text=text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + CUT,
        name=_note(inbound.name, LONGEST_NAME),
        subject=_note(inbound.subject, LONGEST_NOTE),
        unsupported=_note(inbound.unsupported, LONGEST_NOTE),
        group=_note(inbound.group, LONGEST_NOTE),
        edits=_id(inbound.edits) if inbound.edits else None,
        thread=_note(inbound.thread, LONGEST_ID),
        answers_to=tuple(_id(one) for one in inbound.answers_to),
        particulars={
            clean(name)[:LONGEST_ID]: clean(told)[:LONGEST_TEXT]
            for name, told in inbound.particulars.items()
        },
        attachments=tuple(_file(file) for file in inbound.attachments),
    )


def _file(file: Attachment) -> Attachment:
    return replace(
        file,
        name=clean(file.name),
        media_type=clean(file.media_type),
        reference=clean(file.reference),
    )


def _note(told: str | None, longest: int) -> str | None:
    return clean(told)[:longest] if told else None


def _id(given: str) -> str:
    """One that is too long stays the same at every repeat, and another than all others."""
    known = clean(given)
    if len(known) <= LONGEST_ID:
        return known
    return f"{known[: LONGEST_ID - 65]}:{hashlib.sha256(known.encode()).hexdigest()}"


async def thread_of(session: AsyncSession, inbound: Inbound) -> Conversation | None:
    """The conversation it says it belongs to: by our token, or by what it answers."""
    if inbound.thread and (found := await session.get(Conversation, inbound.thread)) is not None:
        return await _if_same_channel(session, found, inbound)
    for external_id in inbound.answers_to:
        sent = await receipts.outbox_of(session, inbound.channel, external_id)
        if sent is not None:
            return await conversations.lock(session, sent.conversation_id)
    return None


async def _if_same_channel(
    session: AsyncSession, found: Conversation, inbound: Inbound
) -> Conversation | None:
    same = found.channel == inbound.channel
    return await conversations.lock(session, found.id) if same else None


def adjusted(inbound: Inbound, conversation: Conversation) -> Inbound:
    """Who writes into another's thread is heard by a person: the bot would tell them things."""
    if conversation.address == inbound.address or inbound.wants != "bot":
        return inbound
    return replace(inbound, wants="person")


async def note_particulars(
    session: AsyncSession,
    message: Message,
    conversation: Conversation,
    inbound: Inbound,
    *,
    is_proven: bool,
) -> None:
    """What operators see beside the text, and what an answer by mail refers to."""
    trace: dict[str, Any] = {
        "unsupported": inbound.unsupported,
        "subject": (inbound.subject or "")[:LONGEST_SUBJECT],
        "particulars": dict(inbound.particulars),
        "group": inbound.group,
        UNPROVEN: not is_proven,
        "edits": await _seq_of(session, inbound.channel, inbound.edits),
        LATE: _when_if_late(inbound),
        "participant": inbound.address if conversation.address != inbound.address else None,
    }
    known = {name: value for name, value in trace.items() if value}
    message.trace = {**message.trace, **known}
    await attachments.put(session, message, inbound.channel, inbound.attachments)


def _when_if_late(inbound: Inbound) -> str | None:
    """Its place is where it came: what was answered meanwhile stays as it is."""
    written = inbound.written_at
    is_late = written is not None and present() - written >= LATE_AFTER
    return written.isoformat() if written and is_late else None


async def _seq_of(session: AsyncSession, channel: str, external_id: str | None) -> int | None:
    if external_id is None:
        return None
    edited = await inbox.find(session, channel=channel, external_id=external_id)
    return edited.seq if edited else None


async def continues_album(session: AsyncSession, conversation: Conversation, group: str) -> bool:
    """True if an earlier message of the album will be answered for all of it."""
    last: dict[str, Any] | None = await session.scalar(
        select(Message.trace)
        .where(Message.conversation_id == conversation.id, Message.author == "citizen")
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return last is not None and last.get("group") == group


async def file_letter(session: AsyncSession, conversation: Conversation, message: Message) -> None:
    """A letter for a person: it joins the one that is open, or opens a ticket."""
    waiting: Ticket | None = await session.scalar(
        select(Ticket)
        .where(
            Ticket.conversation_id == conversation.id,
            Ticket.kind == LETTER,
            Ticket.state != "closed",
        )
        .order_by(Ticket.opened_at.desc())
        .limit(1)
    )
    if conversation.holder != "bot" or waiting is not None:
        if waiting is not None:
            note_joined(session, waiting)
        return
    await tickets.open_ticket(
        session, conversation, kind=LETTER, reason="scritto", message_id=message.id
    )
