"""Units of work that share a commit: each is told the truth about its own."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from handoff.db import Database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'notes.db'}")
    async with database.begin() as session:
        await session.execute(text("create table page (number integer primary key)"))
        await session.execute(
            text(
                "create table note (page integer references page"
                " deferrable initially deferred, number integer unique)"
            )
        )
    yield database
    await database.close()


async def write(database: Database, number: int, *, page: int | None = None) -> None:
    async with database.begin() as session:
        await session.execute(text("insert into note values (:p, :n)"), {"p": page, "n": number})
        await asyncio.sleep(0)  # others come


async def written(database: Database) -> list[int]:
    async with database.read() as session:
        return list(await session.scalars(text("select number from note order by number")))


async def test_units_that_come_together_share_commits(database: Database) -> None:
    commits = []
    event.listen(database.engine.sync_engine, "commit", lambda _: commits.append(1))
    await asyncio.gather(*(write(database, number) for number in range(20)))
    assert await written(database) == list(range(20))
    assert len(commits) < 5


async def test_a_unit_that_fails_takes_no_other_with_it(database: Database) -> None:
    outcomes = await asyncio.gather(
        *(write(database, number) for number in (1, 2, 2, 3)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [type(None)] * 2 + [
        IntegrityError,
        type(None),
    ]
    assert await written(database) == [1, 2, 3]


async def test_a_first_unit_that_fails_takes_no_other_with_it(database: Database) -> None:
    await write(database, 1)
    outcomes = await asyncio.gather(
        *(write(database, number) for number in (1, 2, 3)), return_exceptions=True
    )
    assert isinstance(outcomes[0], IntegrityError)
    assert await written(database) == [1, 2, 3]


async def test_all_are_told_that_nothing_was_committed(database: Database) -> None:
    outcomes = await asyncio.gather(
        write(database, 1),
        write(database, 2, page=99),  # there is no such page: the commit fails
        write(database, 3),
        return_exceptions=True,
    )
    assert all(isinstance(outcome, IntegrityError) for outcome in outcomes)
    assert await written(database) == []
    await write(database, 4)
    assert await written(database) == [4]


async def test_a_unit_that_is_cancelled_in_the_queue_leaves_no_commit_undone(
    database: Database,
) -> None:
    first = asyncio.create_task(write(database, 1))
    second = asyncio.create_task(write(database, 2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second.cancel()
    await first
    with pytest.raises(asyncio.CancelledError):
        await second
    await write(database, 3)
    assert await written(database) == [1, 3]


async def test_a_unit_that_is_cancelled_at_work_is_undone_alone(database: Database) -> None:
    at_work = asyncio.Event()

    async def hang() -> None:
        async with database.begin() as session:
            await session.execute(text("insert into note values (null, 9)"))
            at_work.set()
            await asyncio.Event().wait()

    hanging = asyncio.create_task(hang())
    await at_work.wait()
    waiting = asyncio.create_task(write(database, 1))
    await asyncio.sleep(0)
    hanging.cancel()
    await waiting
    assert await written(database) == [1]


async def test_many_that_come_and_go_all_end(database: Database) -> None:
    tasks = [asyncio.create_task(write(database, number)) for number in range(60)]
    for number, task in enumerate(tasks):
        if number % 3 == 0:
            await asyncio.sleep(0)
            task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    kept = [number for number, outcome in enumerate(outcomes) if outcome is None]
    assert set(kept) <= set(await written(database))
    assert len(kept) >= 40
