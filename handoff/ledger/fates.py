"""What became of each message that citizens wrote in a day: it has exactly one fate."""

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
)
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

SLOWEST = timedelta(minutes=10)  # from a message to the ticket that takes it along
LOST_ON_THE_WAY = ("failed", "unknown", "withheld")  # states of the outbox
NOTHING, LOST, ARRIVED, ARRIVED_FROM_BOT = range(4)  # what was said, at best
CLOSED, OPEN = 1, 2  # a ticket, at most

Own = aliased(Ticket, name="own_ticket")
Live = aliased(Ticket, name="live_ticket")
Opening = aliased(Message, name="opening")
Said = aliased(Message, name="said")


async def count_fates(session: AsyncSession, span: Span) -> dict[str, Counter[str]]:
    """How many messages of each channel came to which fate; counted over the inbox."""
    heard = _heard(span)
    what = _fate(heard).label("fate")
    rows = await session.execute(
        select(heard.c.channel, what, func.count()).group_by(heard.c.channel, what)
    )
    found: dict[str, Counter[str]] = {}
    for channel, name, number in rows:
        found.setdefault(channel, Counter())[name] = number
    return found


async def with_fate(
    session: AsyncSession, span: Span, channel: str, name: str, *, limit: int
) -> list[str]:
    """Ids of messages."""
    heard = _heard(span)
    wanted = select(heard.c.id).where(heard.c.channel == channel, _fate(heard) == name)
    return list(await session.scalars(wanted.limit(limit)))


def _heard(span: Span) -> Subquery:
    """What the fate of each message depends on, in single values: a planner may look up the whole
    table for an EXISTS, and works one out again wherever it is named unless OFFSET stands in its
    way."""
    return (
        select(
            Message.id,
            Message.conversation_id,
            Message.seq,
            Inbox.channel,
            Inbox.state,
            Inbox.wants,
            Own.state.label("own"),
            _best(Said.reply_to == Message.id).correlate(Message).label("reply"),
            _ticket(_before_people()).label("live"),
            # while the bot thought about this one, the next may have been an emergency
            _ticket(Live.opened_at < span.end + SLOWEST).label("later"),
        )
        .select_from(Message)
        .join(Inbox, Inbox.message_id == Message.id)
        .outerjoin(Own, Own.message_id == Message.id)
        .where(span.holds(Message.created_at))
        .offset(0)
        .subquery("heard")
    )


def _best(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    """The best of what was said; nothing speaks against what is still under way."""
    value = case(
        (Outbox.state.in_(LOST_ON_THE_WAY), LOST),
        (Said.author == "bot", ARRIVED_FROM_BOT),
        else_=ARRIVED,
    )
    return (
        select(func.coalesce(func.max(value), NOTHING))
        .select_from(Said)
        .outerjoin(Outbox, Outbox.message_id == Said.id)
        .where(*which)
        .scalar_subquery()
    )


def _ticket(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    """The best of the conversation's tickets that were not closed before the message came."""
    return (
        select(
            func.coalesce(func.max(case((Live.state == "closed", CLOSED), else_=OPEN)), NOTHING)
        )
        .select_from(Live)
        .outerjoin(Opening, Opening.id == Live.message_id)
        .where(
            Live.conversation_id == Message.conversation_id,
            or_(Live.closed_at.is_(None), Live.closed_at >= Message.created_at),
            *which,
        )
        .correlate(Message)
        .scalar_subquery()
    )


def _before_people() -> ColumnElement[bool]:
    """A person had the conversation before them, or this message or its answer brought it."""
    brought = or_(Opening.seq <= Message.seq, Opening.reply_to == Message.id)
    return or_(Live.opened_at <= Message.created_at, brought)


def _fate(heard: Subquery) -> ColumnElement[str]:
    here: Any = heard.c
    has_own, reply = here.own.is_not(None), here.reply
    for_people = or_(
        has_own,
        and_(here.live > NOTHING, reply < ARRIVED_FROM_BOT),
        and_(here.later > NOTHING, reply == NOTHING),
    )
    return case(
        (here.state.in_(("ready", "run")), literal(WAITS_FOR_BOT)),
        (and_(here.wants == "nobody", ~has_own, reply == NOTHING), literal(NOT_DUE)),
        (for_people, _of_people(heard)),
        (reply >= ARRIVED, literal(BY_BOT)),
        (or_(here.state == "dead", reply == LOST), _unless_later(heard)),
        else_=literal(UNANSWERED),
    )


def _of_people(heard: Subquery) -> ColumnElement[str]:
    here: Any = heard.c
    person = _later(heard, Said.author == "operator")
    return case(
        (person >= ARRIVED, literal(BY_PEOPLE)),
        (or_(here.state == "dead", person == LOST), literal(FAILED)),
        (or_(here.own != "closed", here.later == OPEN), literal(WAITS_FOR_PEOPLE)),
        else_=literal(BY_PEOPLE),  # closed by a person, who may have called
    )


def _unless_later(heard: Subquery) -> ColumnElement[str]:
    later = _later(heard, Said.author != "citizen")
    return case((later >= ARRIVED, literal(BY_BOT)), else_=literal(FAILED))


def _later(heard: Subquery, who: ColumnElement[bool]) -> ScalarSelect[int]:
    same = Said.conversation_id == heard.c.conversation_id
    return _best(same, Said.seq > heard.c.seq, who).correlate(heard)
