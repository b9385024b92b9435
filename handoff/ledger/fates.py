"""What became of each message that citizens wrote in a day: it has exactly one fate."""

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from handoff.ledger.days import Span
from handoff.tables import Inbox, Message, Outbox, Ticket

WAITS_FOR_BOT = "waiting_bot"  # in the inbox
WAITS_FOR_PEOPLE = "waiting_people"  # its ticket is open, and nobody has written
BY_BOT, BY_PEOPLE = "bot", "people"
NOT_DUE = "not_due"  # the rest of an album, an out-of-office note: nobody owes an answer
FAILED = "failed"  # what answered it did not arrive, nor did anything after
UNANSWERED = "unanswered"  # seen to, yet no word and no ticket came of it: this must not be
FATES = (BY_BOT, BY_PEOPLE, WAITS_FOR_BOT, WAITS_FOR_PEOPLE, NOT_DUE, FAILED, UNANSWERED)

LOST_ON_THE_WAY = ("failed", "unknown", "withheld")  # states of the outbox
SLOWEST = timedelta(minutes=10)  # from a message to the ticket that it leads to

Own = aliased(Ticket, name="own_ticket")
Live = aliased(Ticket, name="live_ticket")
Said = aliased(Message, name="said")


async def count_fates(session: AsyncSession, span: Span) -> dict[str, Counter[str]]:
    """How many messages of each channel came to which fate; counted over the inbox."""
    what = fate(span).label("fate")
    rows = await session.execute(
        _heard(span, Inbox.channel, what, func.count()).group_by(Inbox.channel, what)
    )
    found: dict[str, Counter[str]] = {}
    for channel, name, number in rows:
        found.setdefault(channel, Counter())[name] = number
    return found


async def with_fate(
    session: AsyncSession, span: Span, channel: str, name: str, *, limit: int
) -> list[str]:
    """Ids of messages."""
    return list(
        await session.scalars(
            _heard(span, Message.id)
            .where(Inbox.channel == channel, fate(span) == name)
            .order_by(Message.created_at)
            .limit(limit)
        )
    )


def _heard(span: Span, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Message)
        .join(Inbox, Inbox.message_id == Message.id)
        .outerjoin(Own, Own.message_id == Message.id)
        .where(span.holds(Message.created_at))
    )


def fate(span: Span) -> ColumnElement[str]:
    """Of a row of `message` with its `inbox` row and, if it led to one, its own ticket."""
    reply, later = Said.reply_to == Message.id, _later(Said.author != "citizen")
    by_person = _later(Said.author == "operator")
    live = _live_ticket(span)
    for_people = or_(
        Own.id.is_not(None), and_(live(), ~_said(reply, Said.author == "bot", arrived=True))
    )
    return case(
        (Inbox.state.in_(("ready", "run")), literal(WAITS_FOR_BOT)),
        (and_(Inbox.wants == "nobody", Own.id.is_(None), ~_said(reply)), literal(NOT_DUE)),
        (
            for_people,
            case(
                (_said(by_person, arrived=True), literal(BY_PEOPLE)),
                (or_(Inbox.state == "dead", _said(by_person)), literal(FAILED)),
                (or_(Own.state != "closed", live(Live.state != "closed")), _waits()),
                else_=literal(BY_PEOPLE),  # closed by a person, who may have called
            ),
        ),
        (_said(reply, arrived=True), literal(BY_BOT)),
        (or_(Inbox.state == "dead", _said(reply)), _unless_later(later)),
        else_=literal(UNANSWERED),
    )


def _waits() -> ColumnElement[str]:
    return literal(WAITS_FOR_PEOPLE)


def _unless_later(later: ColumnElement[bool]) -> ColumnElement[str]:
    return case((_said(later, arrived=True), literal(BY_BOT)), else_=literal(FAILED))


def _later(who: ColumnElement[bool]) -> ColumnElement[bool]:
    same = Said.conversation_id == Message.conversation_id
    return and_(same, Said.seq > Message.seq, who)


def _said(*which: ColumnElement[bool], arrived: bool = False) -> ColumnElement[bool]:
    """Whether such words were said; and if `arrived`, that nothing speaks against it."""
    if not arrived:
        return exists().where(*which).correlate(Message)
    lost = exists().where(Outbox.message_id == Said.id, Outbox.state.in_(LOST_ON_THE_WAY))
    return exists().where(*which, ~lost.correlate(Said)).correlate(Message)


def _live_ticket(span: Span) -> Any:
    """Whether a person had, or was about to have, the conversation before them."""

    def exists_such(*which: ColumnElement[bool]) -> ColumnElement[bool]:
        return (
            exists()
            .where(
                Live.conversation_id == Message.conversation_id,
                Live.opened_at < span.end + SLOWEST,
                or_(Live.closed_at.is_(None), Live.closed_at >= Message.created_at),
                *which,
            )
            .correlate(Message)
        )

    return exists_such
