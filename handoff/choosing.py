"""A bare number that answers numbered choices is a choice, not words.

Only right after they were read, and only if it is nothing but a number among theirs: everything
else is for the bot to understand.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import outbox
from handoff.channel import Channel, Inbound
from handoff.tables import Conversation, Message, Outbox

NUMBER = re.compile(r"(\d{1,2})\s*[.)]?")
WORDS = ("uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci")
NOT_READ_YET = ("ready", "failed", "withheld")


async def chosen(
    session: AsyncSession, conversation: Conversation, inbound: Inbound, channel: Channel | None
) -> Inbound:
    """With the payload of the choice that the number names; as it came, where it names none."""
    number = _number_in(inbound.text)
    if channel is None or number is None or not _may_choose(conversation, inbound):
        return inbound
    message = await _last_said(session, conversation)
    payload = await _payload(session, message, number, channel) if message else None
    return replace(inbound, payload=payload) if payload else inbound


def _number_in(text: str) -> int | None:
    word = text.strip().lower()
    if found := NUMBER.fullmatch(word):
        return int(found[1])
    return WORDS.index(word.rstrip(".")) + 1 if word.rstrip(".") in WORDS else None


def _may_choose(conversation: Conversation, inbound: Inbound) -> bool:
    return (
        inbound.payload is None
        and inbound.wants == "bot"
        and not inbound.attachments
        and inbound.edits is None
        and conversation.holder == "bot"
    )


async def _last_said(session: AsyncSession, conversation: Conversation) -> Message | None:
    """Whoever said it: after other words a number answers these."""
    last: Message | None = await session.scalar(
        select(Message)
        .where(Message.conversation_id == conversation.id)
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return last if last is not None and last.buttons else None


async def _payload(
    session: AsyncSession, message: Message, number: int, channel: Channel
) -> str | None:
    """A title that is a number itself, as a score's, is read on every channel, and comes first."""
    row: Outbox | None = await session.scalar(
        select(Outbox).where(Outbox.message_id == message.id)
    )
    if row is not None and row.state in NOT_READ_YET:
        return None
    titled = [str(each["payload"]) for each in message.buttons if each["title"] == str(number)]
    if titled or row is None or not number:
        return next(iter(titled), None)
    if not channel.numbers_choices(await outbox.outbound_of(session, row)):
        return None
    return _at(message.buttons, number)


def _at(buttons: Sequence[dict[str, Any]], number: int) -> str | None:
    return next((str(each["payload"]) for each in buttons[number - 1 : number]), None)
