"""Who talks with whom, who holds the word, and the one door out: `say`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

import journal
from handoff.channel import Button
from handoff.db import insert_for
from handoff.notify import ring
from handoff.tables import Conversation, Message, Offer, Outbox, new_id, present

ALWAYS_OFFERED = frozenset({"parla_con_operatore", "saluto", "aiuto"})  # fixed controls, /start
MAX_PAGE = 200
# built once: what each message asks for (docs/performance.md)
BY_ADDRESS = (
    select(Conversation)
    .where(
        Conversation.channel == bindparam("channel"), Conversation.address == bindparam("address")
    )
    .with_for_update()
)
BY_ID = (
    select(Conversation)
    .where(Conversation.id == bindparam("talk"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
AFTER = (
    select(Message)
    .where(Message.conversation_id == bindparam("talk"), Message.seq > bindparam("seq"))
    .order_by(Message.seq)
    .limit(bindparam("most"))
)


async def find_or_add(
    session: AsyncSession, *, channel: str, address: str, pulled: bool, name: str | None = None
) -> tuple[Conversation, bool]:
    """The conversation with this address, locked until the transaction ends; True if it is new."""
    known = await find(session, channel=channel, address=address)
    if known is not None:
        return known, False
    values = {"id": new_id(), "channel": channel, "address": address, "pulled": pulled}
    values |= {"name": name, "created_at": present()}
    first = insert_for(session)(Conversation).values(values).on_conflict_do_nothing()
    added = await session.scalar(first.returning(Conversation.id))
    found = await find(session, channel=channel, address=address)
    assert found is not None  # just inserted, or it was there
    return found, added is not None


async def find(session: AsyncSession, *, channel: str, address: str) -> Conversation | None:
    """The conversation with this address, locked until the transaction ends."""
    given = {"channel": channel, "address": address}
    found: Conversation | None = await session.scalar(BY_ADDRESS, given)
    return found


async def lock(session: AsyncSession, conversation_id: str) -> Conversation:
    """The conversation as it is now, nobody else's until the transaction ends."""
    found = await session.scalars(BY_ID, {"talk": conversation_id})
    return found.one()


def hear(
    session: AsyncSession, conversation: Conversation, *, text: str, payload: str | None = None
) -> Message:
    """Store what a citizen said. The conversation must be locked."""
    return _add(
        session, conversation, author="citizen", author_name=None, text=text, payload=payload
    )


async def heard_last_but(
    session: AsyncSession, conversation_id: str, *, count: int
) -> datetime | None:
    """When the citizen wrote the message that so many came after; None if there are fewer."""
    found: datetime | None = await session.scalar(
        select(Message.created_at)
        .where(Message.conversation_id == conversation_id, Message.author == "citizen")
        .order_by(Message.seq.desc())
        .offset(count)
        .limit(1)
    )
    return found


async def say(
    session: AsyncSession,
    conversation: Conversation,
    *,
    author: str,
    text: str,
    author_name: str | None = None,
    buttons: Iterable[Button] = (),
    topic: str | None = None,
    reply_to: str | None = None,
    final: bool = False,
    secret: str | None = None,
    template: dict[str, Any] | None = None,
    trace: dict[str, Any] | None = None,
) -> Message:
    """The one door out. The conversation must be locked."""
    offered = tuple(buttons)
    message = _add(
        session,
        conversation,
        author=author,
        author_name=author_name,
        text=text,
        buttons=[{"title": button.title, "payload": button.payload} for button in offered],
        topic=topic,
        reply_to=reply_to,
        final=final,
        secret=secret,
        template=template,
        trace=trace or {},
    )
    conversation.keeps_key = conversation.keeps_key or secret is not None
    await _offer(session, conversation, offered)
    if not conversation.pulled:
        await session.flush()
        _send(session, conversation, message)
    return message


def record_said(
    session: AsyncSession, conversation: Conversation, *, author_name: str, text: str
) -> Message:
    """What an operator said by other means: it has reached the citizen already."""
    return _add(session, conversation, author="operator", author_name=author_name, text=text)


def _add(
    session: AsyncSession,
    conversation: Conversation,
    *,
    trace: Mapping[str, Any] = MappingProxyType({}),
    **values: Any,
) -> Message:
    conversation.last_seq += 1
    message = Message(
        id=new_id(),
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        trace={**trace, **journal.traced()},
        **values,
    )
    session.add(message)
    ring(session, f"conversation:{conversation.id}")
    if conversation.holder != "bot":
        ring(session, "tickets")
    return message


def _send(session: AsyncSession, conversation: Conversation, message: Message) -> None:
    session.add(
        Outbox(
            conversation_id=conversation.id, message_id=message.id, channel=conversation.channel
        )
    )
    ring(session, "outbox")


async def _offer(
    session: AsyncSession, conversation: Conversation, buttons: Sequence[Button]
) -> None:
    moment = present()
    payloads = sorted({button.payload for button in buttons})  # all lock them in one order
    rows = [
        {"conversation_id": conversation.id, "payload": payload, "offered_at": moment}
        for payload in payloads
    ]
    if rows:
        await session.flush()
        offers = insert_for(session)(Offer.__table__).on_conflict_do_nothing()
        await session.execute(offers, rows)


async def offered(session: AsyncSession, conversation_id: str, payload: str) -> bool:
    if payload in ALWAYS_OFFERED:
        return True
    return await session.get(Offer, (conversation_id, payload)) is not None


async def messages_after(
    session: AsyncSession, conversation_id: str, *, seq: int, limit: int = MAX_PAGE
) -> list[Message]:
    """In order, without gaps: numbers are given under the conversation's lock."""
    given = {"talk": conversation_id, "seq": seq, "most": limit}
    return list(await session.scalars(AFTER, given))


async def wrote_since(session: AsyncSession, conversation_id: str, *, seq: int) -> bool:
    """Whether the citizen said anything after this number."""
    wrote = select(Message.id).where(
        Message.conversation_id == conversation_id, Message.seq > seq, Message.author == "citizen"
    )
    return await session.scalar(wrote.limit(1)) is not None


async def was_told(session: AsyncSession, message_id: str, topic: str) -> bool:
    """Whether these words answered the message already. The conversation must be locked."""
    told = select(Message.id).where(Message.reply_to == message_id, Message.topic == topic)
    return await session.scalar(told.limit(1)) is not None


async def hides_key(session: AsyncSession, conversation_id: str, *, seq: int) -> bool:
    """True if a key that the citizen's side has received up to `seq` is still kept."""
    conversation = await session.get_one(Conversation, conversation_id)
    return conversation.keeps_key and await _keeps(session, Message.seq <= seq, conversation_id)


async def seen(session: AsyncSession, conversation_id: str, *, seq: int) -> None:
    """The citizen's side has everything up to `seq`: forget the keys that stood there."""
    conversation = await lock(session, conversation_id)
    await session.execute(
        update(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.seq <= seq,
            Message.secret.is_not(None),
        )
        .values(secret=None)
        .execution_options(synchronize_session=False)
    )
    conversation.keeps_key = await _keeps(session, Message.seq > seq, conversation_id)


async def _keeps(session: AsyncSession, part: ColumnElement[bool], conversation_id: str) -> bool:
    kept = select(Message.id).where(
        Message.conversation_id == conversation_id, part, Message.secret.is_not(None)
    )
    return await session.scalar(kept.limit(1)) is not None


def pass_to(
    session: AsyncSession, conversation: Conversation, holder: str, *, ticket_id: str | None
) -> None:
    """Give the word to bot, queue or operator. Whatever the bot is thinking is void then."""
    conversation.holder = holder
    conversation.ticket_id = ticket_id
    conversation.version += 1
    ring(session, f"conversation:{conversation.id}")
    ring(session, "tickets")
