"""The live knowledge: what was approved, by whom, when and why."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.knowledge.blocks import Block
from handoff.notify import ring
from handoff.tables import KnowledgeRevision

RINGS = "knowledge"


class Outdated(RuntimeError):
    """Somebody changed the entry since it was read; nothing was overwritten."""


async def state(session: AsyncSession) -> tuple[int, int]:
    """Changes with every change; the count too, since a lower id may be committed later."""
    newest, many = (
        await session.execute(select(func.max(KnowledgeRevision.id), func.count()))
    ).one()
    return newest or 0, many


async def live(session: AsyncSession) -> Sequence[KnowledgeRevision]:
    """The live revision of every entry, in the order of the files."""
    last = (
        select(KnowledgeRevision.key, func.max(KnowledgeRevision.number).label("number"))
        .group_by(KnowledgeRevision.key)
        .subquery()
    )
    found = await session.scalars(
        select(KnowledgeRevision)
        .join(
            last,
            (KnowledgeRevision.key == last.c.key) & (KnowledgeRevision.number == last.c.number),
        )
        .order_by(KnowledgeRevision.file, KnowledgeRevision.position, KnowledgeRevision.key)
    )
    return found.all()


async def history(session: AsyncSession, key: str) -> Sequence[KnowledgeRevision]:
    """All revisions of an entry, the live one last."""
    found = await session.scalars(
        select(KnowledgeRevision)
        .where(KnowledgeRevision.key == key)
        .order_by(KnowledgeRevision.number)
    )
    return found.all()


def add(
    session: AsyncSession,
    block: Block,
    *,
    number: int,
    origin: str,
    author: str,
    reason: str,
    approved_by: str | None = None,
) -> KnowledgeRevision:
    """Make `block` live; the unique index refuses a number that is taken."""
    revision = KnowledgeRevision(
        file=block.file,
        position=block.position,
        key=block.key,
        number=number,
        text=block.text,
        origin=origin,
        author=author,
        reason=reason,
        approved_by=approved_by,
    )
    session.add(revision)
    ring(session, RINGS)
    return revision


def block_of(revision: KnowledgeRevision) -> Block:
    return Block(revision.file, revision.position, revision.key, revision.text)
