"""A moment is the same one in both databases, whatever its zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from handoff.db import Database
from handoff.tables import ChannelState

ROME = ZoneInfo("Europe/Rome")
MIDNIGHT = datetime(2026, 7, 1, tzinfo=ROME)  # 22:00 the day before in UTC


async def kept(database: Database, moment: datetime) -> None:
    async with database.begin() as session:
        session.add(ChannelState(channel="post", since=moment, checked_at=moment))


async def test_a_moment_comes_back_as_the_one_it_was(database: Database) -> None:
    await kept(database, MIDNIGHT)
    async with database.read() as session:
        found = (await session.scalars(select(ChannelState.since))).one()
    assert (found, found.tzinfo) == (MIDNIGHT, UTC)


@pytest.mark.parametrize("zone", [UTC, ROME])
@pytest.mark.parametrize(("minutes", "found"), [(-1, ["post"]), (1, [])])
async def test_moments_are_compared_as_moments(
    database: Database, zone: ZoneInfo, minutes: int, found: list[str]
) -> None:
    await kept(database, MIDNIGHT)
    since = (MIDNIGHT + timedelta(minutes=minutes)).astimezone(zone)
    async with database.read() as session:
        later = select(ChannelState.channel).where(ChannelState.since > since)
        assert list(await session.scalars(later)) == found


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="zone"):
        await kept(database, MIDNIGHT.replace(tzinfo=None))
