"""The migrations make exactly the tables of the code."""

import asyncio

from sqlalchemy import text

from handoff import migrations
from handoff.db import Database


def test_the_migrations_and_the_tables_agree(database_url: str) -> None:
    migrations.check(database_url)


def test_migrating_twice_is_harmless(database_url: str) -> None:
    migrations.upgrade(database_url)


def test_sqlite_keeps_every_commit_through_a_power_cut(database_url: str) -> None:
    if not database_url.startswith("sqlite"):
        return
    pragmas = asyncio.run(_pragmas(database_url))
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def _pragmas(url: str) -> dict[str, object]:
    database = Database(url)
    async with database.read() as session:
        found = {
            name: await session.scalar(text(f"pragma {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    await database.close()
    return found
