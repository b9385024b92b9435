"""Answers of high risk: what one person proposes, another publishes.

Both decide on what they have read: a proposal stands on one live revision, and is of no use when
there is a newer one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.knowledge import editing
from handoff.knowledge.revisions import Outdated, block_of, history
from handoff.tables import KnowledgeProposal, KnowledgeRevision, Operator, present
from handoff.training.difference import difference

HIGH = "H"  # the risk of an entry
WAITS = (
    "C'è già una proposta di {author} per questa risposta: prima la pubblichi o la rifiuti. "
    "Il Suo testo è ancora qui."
)
DECIDED = "La proposta è già stata decisa o cambiata: guardi com'è adesso."
YOUR_OWN = "La proposta è Sua: per pubblicarla serve un'altra persona."
OVERTAKEN = (
    "Dopo questa proposta la risposta è cambiata: chi l'ha scritta la confronti e la proponga "
    "di nuovo."
)


class NotNow(RuntimeError):
    """An Italian sentence for the person who asked; nothing was changed."""


async def undecided(session: AsyncSession, key: str) -> KnowledgeProposal | None:
    found: KnowledgeProposal | None = await session.scalar(
        select(KnowledgeProposal)
        .where(KnowledgeProposal.key == key, KnowledgeProposal.decided_at.is_(None))
        .with_for_update()
    )
    return found


async def keys(session: AsyncSession) -> Sequence[str]:
    """Of the answers for which a proposal waits."""
    found = await session.scalars(
        select(KnowledgeProposal.key).where(KnowledgeProposal.decided_at.is_(None))
    )
    return found.all()


async def latest(session: AsyncSession, key: str, *, since: datetime) -> KnowledgeProposal | None:
    """The one that waits; else the newest, if it was refused after `since`."""
    found: KnowledgeProposal | None = await session.scalar(
        select(KnowledgeProposal)
        .where(KnowledgeProposal.key == key)
        .order_by(KnowledgeProposal.id.desc())
        .limit(1)
    )
    if found is None or found.decided_at is None:
        return found
    return found if found.outcome == "refused" and found.decided_at > since else None


async def propose(
    session: AsyncSession, key: str, text: str, *, by: Operator, reason: str, seen: int
) -> None:
    """In the place of one's own that waits; Outdated, BadKnowledge, or NotNow for another's."""
    waiting = await undecided(session, key)  # waits for who publishes just now
    await editing.tried(session, key, text, seen=seen)
    if waiting is not None and waiting.author_id != by.id:
        raise NotNow(WAITS.format(author=waiting.author))
    if waiting is not None:  # whoever has read it must not publish what they have not
        _decide(waiting, "withdrawn", by)
        await session.flush()
    session.add(
        KnowledgeProposal(
            key=key, seen=seen, text=text, author_id=by.id, author=by.name, reason=reason
        )
    )


async def restore(
    session: AsyncSession, key: str, number: int, *, by: Operator, reason: str, seen: int
) -> None:
    """An older revision becomes live; of high risk alone only what others have approved.

    Else its words become a proposal; errors as in `propose`.
    """
    past = await history(session, key)
    wanted = next((each for each in past if each.number == number), None)
    if wanted is not None and _takes_another(past[-1], wanted, by):
        text = str(block_of(wanted).entry()["answer"]).strip()
        await propose(session, key, text, by=by, reason=reason, seen=seen)
    else:
        await editing.restore(session, key, number, author=by.name, reason=reason, seen=seen)


def _takes_another(live: KnowledgeRevision, wanted: KnowledgeRevision, by: Operator) -> bool:
    """Nobody lowers a risk or brings back their own words alone."""
    if block_of(live).entry()["risk"] != HIGH:
        return False
    is_approved = wanted.origin == "file" or wanted.approved_by is not None
    is_as_risky = block_of(wanted).entry()["risk"] == HIGH
    return not (is_approved and is_as_risky) or wanted.author == by.name


async def publish(session: AsyncSession, key: str, number: int, *, by: Operator) -> None:
    """The proposal `number` becomes live; NotNow for its author, or when something is newer."""
    waiting = await _the_one(session, key, number)
    if waiting.author_id == by.id:
        raise NotNow(YOUR_OWN)
    whose = {"author": waiting.author, "reason": waiting.reason, "approved_by": by.name}
    try:
        await editing.set_text(session, key, waiting.text, seen=waiting.seen, **whose)
    except Outdated as error:
        raise NotNow(OVERTAKEN) from error
    _decide(waiting, "published", by)


async def drop(
    session: AsyncSession, key: str, number: int, *, by: Operator, why: str | None
) -> None:
    """Its author withdraws it, another refuses it."""
    waiting = await _the_one(session, key, number)
    waiting.answer = why
    _decide(waiting, "withdrawn" if waiting.author_id == by.id else "refused", by)


async def shown(
    session: AsyncSession, live: KnowledgeRevision, *, to: Operator
) -> dict[str, Any] | None:
    """What a person sees of the proposal for an answer, beside what is live."""
    found = await latest(session, live.key, since=live.created_at)
    if found is None:
        return None
    return {
        "number": found.id,
        "author": found.author,
        "mine": found.author_id == to.id,
        "reason": found.reason,
        "created_at": found.created_at.isoformat(),
        "text": found.text,
        "difference": difference(str(block_of(live).entry()["answer"]), found.text),
        "overtaken": found.seen != live.number,
        "refused_by": found.decided_by,
        "answer": found.answer,
    }


async def _the_one(session: AsyncSession, key: str, number: int) -> KnowledgeProposal:
    waiting = await undecided(session, key)
    if waiting is None or waiting.id != number:
        raise NotNow(DECIDED)
    return waiting


def _decide(proposal: KnowledgeProposal, outcome: str, by: Operator) -> None:
    proposal.decided_at, proposal.decided_by, proposal.outcome = present(), by.name, outcome
