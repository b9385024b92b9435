"""Messages that were not understood, or that a person had to put right."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from handoff.knowledge import Knowledge
from handoff.tables import KEY, Conversation, Message, PhraseReview, Ticket, present
from handoff.tables.conversations import KEY_WAS_SHOWN
from italian.masked import masked

LOOKED_BACK = timedelta(days=60)
MOST = 200  # messages on the page, the newest
RIGHT_AFTER = timedelta(minutes=10)
UNSURE = ("ancora_incerto", "fuori_ambito", "non_capito")  # said when a person was called
# reasons of tickets that say something about the answer before them
NOT_SOLVED, ASKED = "non_risolto", "richiesta"

Asked, Reply, Next = aliased(Message), aliased(Message), aliased(Message)


@dataclass(frozen=True, slots=True)
class Doubt:
    asked: Message
    reply: Message
    channel: str
    why: str  # declined | offered | handed_over | not_solved | asked_for_person
    times: int = 1  # that it was said, in the same words


async def doubts(session: AsyncSession) -> list[Doubt]:
    """What nobody has decided about, the newest first; the same words once."""
    found = [*await _corrected(session), *await _not_understood(session)]
    by_message = {doubt.asked.id: doubt for doubt in reversed(found)}.values()
    decided = await _decided_words(session)
    newest = sorted(by_message, key=lambda doubt: doubt.asked.created_at, reverse=True)
    times = Counter(_words(doubt.asked.text) for doubt in newest)
    once: dict[str, Doubt] = {}
    for doubt in newest:
        words = _words(doubt.asked.text)
        if words not in decided:
            once.setdefault(words, replace(doubt, times=times[words]))
    return list(once.values())[:MOST]


async def _decided_words(session: AsyncSession) -> set[str]:
    """What was decided about once is not asked again because somebody else says it."""
    texts = await session.scalars(
        select(Message.text)
        .join(PhraseReview, PhraseReview.message_id == Message.id)
        .where(Message.created_at > present() - LOOKED_BACK)
    )
    return {_words(text) for text in texts}


def _words(text: str) -> str:
    return " ".join(text.casefold().split())


async def is_citizens(session: AsyncSession, message_id: str) -> bool:
    """Whether there is such a message of a citizen, with words in it."""
    message = await session.get(Message, message_id)
    return message is not None and message.author == "citizen" and bool(message.text)


async def _not_understood(session: AsyncSession) -> list[Doubt]:
    decision = Reply.trace["decision"].as_string()
    handed = (decision == "handoff") & Reply.topic.in_(UNSURE)
    rows = await session.execute(_pairs(decision.in_(("decline", "offer")) | handed).limit(MOST))
    why = {"decline": "declined", "offer": "offered", "handoff": "handed_over"}
    return [
        Doubt(asked, reply, channel, why[reply.trace["decision"]])
        for asked, reply, channel in rows
    ]


async def _corrected(session: AsyncSession) -> list[Doubt]:
    """Answered, and the next thing that the citizen did was to call a person."""
    before = (
        select(func.max(Message.seq))
        .where(
            Message.conversation_id == Next.conversation_id,
            Message.seq < Next.seq,
            Message.author == "citizen",
        )
        .correlate(Next)
        .scalar_subquery()
    )
    rows = await session.execute(
        _pairs(Reply.trace["decision"].as_string() == "answer")
        .add_columns(Ticket.reason, Ticket.opened_at)
        .join(Next, Next.conversation_id == Asked.conversation_id)
        .join(Ticket, Ticket.message_id == Next.id)
        .where(Asked.seq == before, Ticket.reason.in_((NOT_SOLVED, ASKED)))
        .limit(MOST)
    )
    return [
        Doubt(asked, reply, channel, why)
        for asked, reply, channel, reason, opened_at in rows
        if (why := _why(reason, opened_at - reply.created_at))
    ]


def _why(reason: str, after: timedelta) -> str | None:
    if reason == NOT_SOLVED:
        return "not_solved"
    return "asked_for_person" if after <= RIGHT_AFTER else None


def _pairs(wanted: ColumnElement[bool]) -> Select[Message, Message, str]:
    """What citizens typed, and the last thing that the bot said to it, undecided and recent."""
    decided = select(PhraseReview.id).where(PhraseReview.message_id == Asked.id)
    return (
        select(Asked, Reply, Conversation.channel)
        .join(Reply, Reply.reply_to == Asked.id)
        .join(Conversation, Conversation.id == Asked.conversation_id)
        .where(
            Reply.author == "bot",
            Reply.final,
            Asked.payload.is_(None),
            Asked.text != "",
            Asked.created_at > present() - LOOKED_BACK,
            ~decided.exists(),
            wanted,
        )
        .order_by(Asked.created_at.desc())
    )


def shown(found: Iterable[Doubt], knowledge: Knowledge) -> Iterator[dict[str, Any]]:
    """For the trainers' page: nothing that names a person."""
    for doubt in found:
        trace = doubt.reply.trace
        yield {
            "id": doubt.asked.id,
            "text": masked(doubt.asked.text),
            "said": doubt.reply.text.replace(KEY, KEY_WAS_SHOWN),
            "said_topic": _title(doubt.reply.topic, knowledge),
            "why": doubt.why,
            "times": doubt.times,
            "channel": doubt.channel,
            "decision": trace.get("decision"),
            "model": trace.get("model"),
            "guesses": _guesses(trace, knowledge),
            "created_at": _iso(doubt.asked.created_at),
        }


def _guesses(trace: dict[str, Any], knowledge: Knowledge) -> list[dict[str, Any]]:
    """What the model thought of, the likeliest first; old traces know only that one."""
    likeliest = {"name": trace.get("intent"), "confidence": trace.get("confidence")}
    return [
        {
            "topic": guess["name"],
            "title": _title(guess["name"], knowledge),
            "confidence": guess.get("confidence"),
        }
        for guess in trace.get("ranking") or [likeliest]
        if guess.get("name")
    ]


def _title(topic: str | None, knowledge: Knowledge) -> str:
    return knowledge.title(topic) if topic else ""


def _iso(moment: datetime) -> str:
    return moment.isoformat()
