"""Stores what a citizen's message is, besides its words: whose it is, and for whom."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import attachments, conversations, inbox, receipts, tickets
from handoff.channel import Inbound
from handoff.tables import Conversation, Message, Ticket
from handoff.tickets import note_joined

LETTER = "posta"  # a kind of ticket: a person answers, the bot never does
LONGEST_SUBJECT = 200  # characters


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
    session: AsyncSession, message: Message, conversation: Conversation, inbound: Inbound
) -> None:
    """What operators see beside the text, and what an answer by mail refers to."""
    trace: dict[str, Any] = {
        "unsupported": inbound.unsupported,
        "subject": (inbound.subject or "")[:LONGEST_SUBJECT],
        "particulars": dict(inbound.particulars),
        "group": inbound.group,
        "edits": await _seq_of(session, inbound.channel, inbound.edits),
        "participant": inbound.address if conversation.address != inbound.address else None,
    }
    known = {name: value for name, value in trace.items() if value}
    message.trace = {**message.trace, **known}
    await attachments.put(session, message, inbound.channel, inbound.attachments)


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
