"""Notices ("avviso in corso"): said first on their topics, and their end to those they reached."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import conversations
from handoff.knowledge import Knowledge
from handoff.notify import ring
from handoff.speech import Speech
from handoff.tables import Conversation, Message, Notice, NoticeTold, present

RINGS = "notices"
SAID, OVER = "avviso_in_corso", "avviso_finito"
IN_FORCE = (
    select(Notice)
    .where(Notice.closed_at.is_(None), Notice.ends_at > bindparam("moment"))
    .order_by(Notice.opened_at)
)
AT_ONCE = 20  # conversations told in one transaction


class BadNotice(ValueError):
    """An Italian sentence for the person who wrote it."""


async def open_notice(
    session: AsyncSession, *, text: str, topics: Iterable[str], ends_at: datetime, author: str
) -> Notice:
    """Say `text` first on these topics (on all, if none) until `ends_at`."""
    if not text.strip():
        raise BadNotice("Scriva il testo dell'avviso.")
    if ends_at <= present():
        raise BadNotice("La fine dell'avviso è già passata: scelga un momento futuro.")
    notice = Notice(text=text.strip(), topics=sorted(set(topics)), ends_at=ends_at, author=author)
    session.add(notice)
    return notice


async def close_notice(
    session: AsyncSession, notice_id: str, *, by: str, closing: str | None = None
) -> Notice | None:
    """The notice is over; with `closing`, those whom it reached are told so. None if unknown."""
    notice = await session.get(Notice, notice_id, with_for_update=True)
    if notice is not None and notice.closed_at is None:
        notice.closed_at, notice.closed_by = present(), by
        notice.closing = (closing or "").strip() or None
        ring(session, RINGS)
    return notice


async def in_force(session: AsyncSession) -> list[Notice]:
    """The notices that are said now, the oldest first."""
    return list(await session.scalars(IN_FORCE, {"moment": present()}))


async def recent(session: AsyncSession, *, limit: int = 50) -> list[tuple[Notice, int]]:
    """The newest notices, and how many conversations each reached."""
    reached = (
        select(func.count())
        .where(NoticeTold.notice_id == Notice.id)
        .correlate(Notice)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(Notice, reached).order_by(Notice.opened_at.desc()).limit(limit)
    )
    return [(notice, count) for notice, count in rows]


async def say_first(
    session: AsyncSession, conversation: Conversation, speech: Speech, topics: Iterable[str]
) -> None:
    """Before an answer on `topics`: each notice in force, once in a conversation."""
    asked = set(topics)
    for notice in await in_force(session):
        concerns = not notice.topics or asked & set(notice.topics)
        told = (notice.id, conversation.id)
        if concerns and await session.get(NoticeTold, told) is None:
            session.add(NoticeTold(notice_id=notice.id, conversation_id=conversation.id))
            await speech.system(SAID, {"testo": notice.text}, final=False)


async def tell_the_end(
    session: AsyncSession, knowledge: Knowledge, windows: Mapping[str, timedelta]
) -> int:
    """Tell some of those whom a closed notice reached; how many were seen to.

    `windows`: for how long after a citizen's last message a channel lets us write first.
    """
    waiting = list(await session.scalars(_untold()))
    # in the order in which all lock conversations, or two would wait for each other crosswise
    for told in sorted(waiting, key=lambda each: each.conversation_id):
        conversation = await conversations.lock(session, told.conversation_id)
        notice = await session.get_one(Notice, told.notice_id)
        told.ended_at = present()
        if await _may_be_written(session, conversation, windows.get(conversation.channel)):
            speech = Speech(session, conversation, knowledge)
            await speech.system(OVER, {"testo": notice.closing})
    return len(waiting)


def _untold() -> Select[NoticeTold]:
    return (
        select(NoticeTold)
        .join(Notice, Notice.id == NoticeTold.notice_id)
        .where(Notice.closing.is_not(None), NoticeTold.ended_at.is_(None))
        .order_by(NoticeTold.told_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=NoticeTold)
    )


async def _may_be_written(
    session: AsyncSession, conversation: Conversation, window: timedelta | None
) -> bool:
    if window is None:
        return True
    wrote = await session.scalar(
        select(func.max(Message.created_at)).where(
            Message.conversation_id == conversation.id, Message.author == "citizen"
        )
    )
    return wrote is not None and present() - wrote < window
