"""Whether a channel is quieter than usual: nobody writes, or nothing reaches us."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.tables import Inbox

GAPS = 200  # of the latest messages say what is usual: some days, with their nights
FEWEST = 10  # messages before anything is usual
UNUSUAL = 3  # times the longest gap
SHORTEST = timedelta(minutes=30)  # of a silence: after a burst any pause is a long one


async def silent(
    session: AsyncSession, channels: Iterable[str], now: datetime
) -> dict[str, datetime]:
    """When each of those that are quieter than usual was heard last."""
    heard = {name: await latest(session, name) for name in channels}
    return {name: when[0] for name, when in heard.items() if is_quieter_than_usual(when, now)}


def is_quieter_than_usual(heard: Sequence[datetime], now: datetime) -> bool:
    """`heard`: when the latest messages came, the newest first."""
    if len(heard) < FEWEST:
        return False
    longest = max(one - before for one, before in zip(heard, heard[1:], strict=False))
    return now - heard[0] > max(UNUSUAL * longest, SHORTEST)


async def latest(session: AsyncSession, name: str) -> list[datetime]:
    """When the latest messages came, the newest first."""
    rows = select(Inbox.created_at).where(Inbox.channel == name)
    return list(await session.scalars(rows.order_by(Inbox.created_at.desc()).limit(GAPS + 1)))
