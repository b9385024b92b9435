"""Deciding about a message: once, whoever is first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.knowledge import Knowledge
from handoff.tables import Operator, PhraseReview

SHOWN = 100  # decisions, the latest


def decide(
    session: AsyncSession,
    message_id: str,
    decision: str,
    *,
    operator: Operator,
    topic: str | None = None,
    text: str | None = None,
) -> PhraseReview:
    """`added` with topic and text, or `ignored`; the unique index refuses a second decision."""
    review = PhraseReview(
        message_id=message_id,
        decision=decision,
        topic=topic,
        text=text,
        operator_id=operator.id,
        author=operator.name,
    )
    session.add(review)
    return review


async def withdraw(session: AsyncSession, message_id: str) -> bool:
    """As if nobody had decided: an error must not be learnt. False when there is no decision."""
    made = await of_message(session, message_id)
    if made is not None:
        await session.delete(made)
    return made is not None


async def of_message(session: AsyncSession, message_id: str) -> PhraseReview | None:
    found: PhraseReview | None = await session.scalar(
        select(PhraseReview).where(PhraseReview.message_id == message_id)
    )
    return found


async def latest(session: AsyncSession) -> Sequence[PhraseReview]:
    found = await session.scalars(
        select(PhraseReview).order_by(PhraseReview.id.desc()).limit(SHOWN)
    )
    return found.all()


def shown(review: PhraseReview, knowledge: Knowledge) -> dict[str, Any]:
    return {
        "message_id": review.message_id,
        "decision": review.decision,
        "topic": review.topic,
        "title": knowledge.title(review.topic) if review.topic else None,
        "text": review.text,
        "author": review.author,
        "created_at": review.created_at.isoformat(),
    }
