"""What the page of channels counts."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from handoff import receipts
from handoff.channel import Status
from handoff.db import Database
from handoff.panel.channel_reads import numbers
from handoff.tables import Attempt, DeliveryReport, present
from tests.handoff.post import Post, deliver, say, status

A_DAY = timedelta(days=1)


async def failed_today(database: Database, now: datetime) -> object:
    async with database.read() as session:
        return (await numbers(session, Post(), now))["failed_today"]


async def sent_yesterday(database: Database) -> str:
    key = await say(database)
    await deliver(database, Post())
    async with database.begin() as session:
        yesterday = present() - A_DAY
        await session.execute(update(Attempt).values(started_at=yesterday, ended_at=yesterday))
    return key


async def told(database: Database, news: Status) -> None:
    async with database.begin() as session:
        await receipts.hear(session, news)


@pytest.mark.parametrize("named_by", ["id", "another id", "key"])
async def test_what_failed_yesterday_and_was_reported_today_failed_today(
    database: Database, named_by: str
) -> None:
    key = await sent_yesterday(database)
    ids = {"id": "id-1", "another id": "of-the-network", "key": None}
    await told(database, status("failed", key=key, external_id=ids[named_by]))
    assert await failed_today(database, present()) == 1


async def test_a_failure_of_yesterday_is_not_todays(database: Database) -> None:
    await sent_yesterday(database)
    await told(database, status("failed"))
    async with database.begin() as session:
        await session.execute(update(DeliveryReport).values(created_at=present() - A_DAY))
    assert await failed_today(database, present()) == 0


async def test_what_arrived_after_all_did_not_fail(database: Database) -> None:
    await sent_yesterday(database)
    await told(database, status("failed"))
    await told(database, status("delivered"))
    assert await failed_today(database, present()) == 0


async def test_the_day_begins_at_midnight_in_rome(database: Database) -> None:
    await sent_yesterday(database)
    await told(database, status("failed"))
    midnight = datetime(2026, 11, 27, 23, tzinfo=UTC)
    for minutes, failed in ((-1, 0), (1, 1)):
        moment = midnight + timedelta(minutes=minutes)
        async with database.begin() as session:
            await session.execute(update(DeliveryReport).values(created_at=moment))
        assert await failed_today(database, midnight + timedelta(minutes=30)) == failed
