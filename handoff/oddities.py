"""What providers sent and nobody understood, and what is kept to know it again: once each."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.channel import Oddity
from handoff.tables import Oddity as Row

LONGEST = 64_000  # characters


async def keep(session: AsyncSession, oddity: Oddity) -> bool:
    """False if it was kept before."""
    known = await session.scalar(
        select(Row.id).where(Row.channel == oddity.channel, Row.external_id == oddity.external_id)
    )
    if known is None:
        session.add(
            Row(
                channel=oddity.channel,
                external_id=oddity.external_id,
                kind=oddity.kind[:64],
                body=oddity.body[:LONGEST],
            )
        )
        await session.flush()
    return known is None


async def kept(session: AsyncSession, *, channel: str, kind: str) -> list[Row]:
    found = await session.scalars(
        select(Row).where(Row.channel == channel, Row.kind == kind).order_by(Row.id)
    )
    return list(found)
