"""SQLite beside an event loop: who waits, waits apart."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from handoff.db import Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "notes.db"


async def open_with_a_table(file: Path) -> Database:
    database = Database(f"sqlite:///{file}")
    async with database.begin() as session:
        await session.execute(text("create table note (number integer)"))
    return database


async def write(database: Database, number: int) -> None:
    async with database.begin() as session:
        await session.execute(text("insert into note values (:n)"), {"n": number})


async def written(database: Database) -> list[int]:
    async with database.read() as session:
        return list(await session.scalars(text("select number from note order by number")))


async def test_another_process_that_holds_the_lock_does_not_hold_the_loop(file: Path) -> None:
    database = await open_with_a_table(file)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("begin immediate")
    waiting = asyncio.create_task(write(database, 1))
    for _ in range(100):
        await asyncio.sleep(0)  # the loop turns, and reads are answered
    assert await written(database) == []
    assert not waiting.done()
    other.execute("commit")
    other.close()
    await waiting
    assert await written(database) == [1]
    await database.close()


async def test_a_cancelled_wait_for_the_lock_leaves_no_lock_behind(file: Path) -> None:
    database = await open_with_a_table(file)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("begin immediate")
    waiting = asyncio.create_task(write(database, 1))
    for _ in range(100):
        await asyncio.sleep(0)
    waiting.cancel()
    other.execute("commit")
    other.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await write(database, 2)
    assert await written(database) == [2]
    await database.close()


async def test_rows_outlive_their_transaction(file: Path) -> None:
    database = await open_with_a_table(file)
    await write(database, 1)
    async with database.read() as session:
        found = await session.execute(text("select number from note"))
    assert [number for (number,) in found] == [1]
    await database.close()


async def test_each_commit_is_on_the_disk(file: Path) -> None:
    database = await open_with_a_table(file)
    async with database.read() as session:
        assert await session.scalar(text("pragma synchronous")) == 2
        assert await session.scalar(text("pragma journal_mode")) == "wal"
        assert await session.scalar(text("pragma foreign_keys")) == 1
    await database.close()


async def test_a_long_report_does_not_hold_the_loop(file: Path) -> None:
    database = await open_with_a_table(file)
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    count = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000)"
    async with database.read(apart=True) as session:
        await session.scalar(text("select 1"))
        before = turns
        assert await session.scalar(text(f"{count} select count(*) from n")) == 300_000
    assert turns > before + 10
    turning.cancel()
    await database.close()
