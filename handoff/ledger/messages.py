"""All messages of a day as they stand in conversations: heard, or said and on their way out."""

from collections import Counter

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from handoff.ledger.days import Span
from handoff.tables import SAID_ELSEWHERE, Conversation, Inbox, Message, Outbox

HEARD = "heard"
FETCHED = "fetched"  # said where citizens fetch: there is nothing to send
ELSEWHERE = "elsewhere"  # said in the provider's own app: it never was ours to send
UNSENT = "unsent"  # nobody was told to send it: this must not be
UNDER_WAY = "under_way"
OUT = ("sent", "delivered", "read", "failed", "unknown", "withheld", UNDER_WAY, ELSEWHERE, FETCHED)


async def count_messages(session: AsyncSession, span: Span) -> dict[str, Counter[str]]:
    """How many of each channel stand where; counted over the conversations."""
    where = _where().label("stands")
    rows = await session.execute(
        select(Conversation.channel, where, func.count())
        .select_from(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Outbox, Outbox.message_id == Message.id)
        .where(span.holds(Message.created_at))
        .group_by(Conversation.channel, where)
    )
    found: dict[str, Counter[str]] = {}
    for channel, name, number in rows:
        found.setdefault(channel, Counter())[name] = number
    return found


def _where() -> ColumnElement[str]:
    return case(
        (Message.author == "citizen", literal(HEARD)),
        (Outbox.state.in_(("ready", "run")), literal(UNDER_WAY)),
        (Outbox.id.is_not(None), Outbox.state),
        (Conversation.pulled, literal(FETCHED)),
        (Message.author_name == SAID_ELSEWHERE, literal(ELSEWHERE)),
        else_=literal(UNSENT),
    )


async def unsent(session: AsyncSession, span: Span, channel: str, *, limit: int) -> list[str]:
    """Ids of what was said and never put into the outbox."""
    return list(
        await session.scalars(
            select(Message.id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .outerjoin(Outbox, Outbox.message_id == Message.id)
            .where(span.holds(Message.created_at), Conversation.channel == channel)
            .where(_where() == UNSENT)
            .limit(limit)
        )
    )


async def without_job(session: AsyncSession, span: Span, channel: str, *, limit: int) -> list[str]:
    """Ids of what a citizen said and no worker will ever see."""
    return list(
        await session.scalars(
            select(Message.id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(span.holds(Message.created_at), Conversation.channel == channel)
            .where(Message.author == "citizen", ~exists().where(Inbox.message_id == Message.id))
            .limit(limit)
        )
    )


async def without_message(
    session: AsyncSession, span: Span, *, limit: int
) -> list[tuple[str, str]]:
    """Channel and message id of what the inbox has and no conversation holds."""
    rows = await session.execute(
        select(Inbox.channel, Inbox.message_id)
        .where(span.holds(Inbox.created_at), ~exists().where(Message.id == Inbox.message_id))
        .limit(limit)
    )
    return [(channel, message_id) for channel, message_id in rows]


async def broken_rows(
    session: AsyncSession, span: Span, *, limit: int
) -> list[tuple[str, str, int, int]]:
    """Channel, conversation, first and last number that are missing beside a message of the day.

    Numbers are given under the conversation's lock and taken back with it: none may be missing.
    """
    of, by = Message.conversation_id, Message.seq
    day = (
        select(
            of,
            by,
            func.lag(by).over(partition_by=of, order_by=by).label("before"),
            func.lead(by).over(partition_by=of, order_by=by).label("after"),
        )
        .where(span.holds(Message.created_at))
        .subquery()
    )
    conversation, seq, near = day.c.conversation_id, day.c.seq, aliased(Message)
    same = near.conversation_id == conversation
    lower = select(func.max(near.seq)).where(same, near.seq < seq).correlate(day)
    higher = select(func.max(near.seq)).where(same, near.seq > seq).correlate(day)
    beneath = func.coalesce(lower.scalar_subquery(), 0)
    gap_before = and_(seq > 1, func.coalesce(day.c.before, 0) != seq - 1, beneath != seq - 1)
    gap_at_end = and_(
        day.c.after.is_(None), seq < Conversation.last_seq, higher.scalar_subquery().is_(None)
    )
    first = case((gap_before, beneath + 1), else_=seq + 1)
    last = case((gap_before, seq - 1), else_=Conversation.last_seq)
    rows = await session.execute(
        select(Conversation.channel, conversation, first, last)
        .join(Conversation, Conversation.id == conversation)
        .where(or_(gap_before, gap_at_end))
        .limit(limit)
    )
    return [(one[0], one[1], one[2], one[3]) for one in rows]
