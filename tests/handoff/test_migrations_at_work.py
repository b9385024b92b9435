"""Migrations meet databases that are full, in use, or known to newer code only."""

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import migrations
from handoff.cli import main
from handoff.db import Database
from handoff.migrations import Standing
from handoff.migrations.standing_aside import engine_for, hold_others_off
from handoff.refusals import Busy, NewerSchema
from tests.handoff import rows
from tests.handoff.rows import transaction

SCRIPTS = ScriptDirectory(str(Path(migrations.__file__).parent))
REVISIONS = [each.revision for each in SCRIPTS.walk_revisions()][::-1]
FIRST, LAST_BUT_ONE, HEAD = REVISIONS[0], REVISIONS[-2], REVISIONS[-1]
BEFORE_THE_LEDGER = "1e256772d187"
HELD = 5.0  # seconds that a writer may wait: 0.5 for locks, the change, a busy machine
MIGRATE = "import sys; from handoff import migrations; migrations.upgrade(sys.argv[1])"


def test_each_migration_takes_a_row_of_every_table_along(own_database_url: str) -> None:
    before: dict[str, Any] = {}
    for revision in REVISIONS:
        migrations.upgrade(own_database_url, revision)
        after = asyncio.run(transaction(own_database_url, rows.fill))
        assert rows.kept(before, after) == []
        before = after
    migrations.check(own_database_url)


def test_the_ledger_begins_with_the_whole_day_of_the_update(own_database_url: str) -> None:
    """What came in before the update is counted if it came that day, and is owed nothing new."""
    migrations.upgrade(own_database_url, BEFORE_THE_LEDGER)
    asyncio.run(transaction(own_database_url, rows.fill))
    asyncio.run(transaction(own_database_url, _take_in_today))
    migrations.upgrade(own_database_url)
    counted = asyncio.run(transaction(own_database_url, _rows_of("channel, taken from intake")))
    assert counted == [("today", 1)]
    owed = "external_id, wants from inbox order by id"
    assert asyncio.run(transaction(own_database_url, _rows_of(owed))) == [
        ("è", "bot"),
        ("today", "nobody"),
    ]


def _take_in_today(connection: Connection) -> None:
    tables = _tables(connection).tables
    for name, new in (
        ("message", {"id": "today", "seq": 2, "reply_to": None}),
        ("inbox", {"id": 2, "message_id": "today", "external_id": "today", "channel": "today"}),
    ):
        sample = connection.execute(select(tables[name])).mappings().one()
        changed = {"state": "done", "created_at": datetime.now(UTC), **new}
        told = {key: changed.get(key, value) for key, value in sample.items()}
        connection.execute(insert(tables[name]).values(told))


def _rows_of(chosen: str) -> Callable[[Connection], list[tuple[Any, ...]]]:
    return lambda connection: [tuple(row) for row in connection.execute(text(f"select {chosen}"))]


async def test_writers_and_readers_go_on_during_a_migration(own_database_url: str) -> None:
    """From the first schema to the newest, with what both know: nothing lost, no long wait."""
    await asyncio.to_thread(migrations.upgrade, own_database_url, FIRST)
    database = Database(own_database_url)
    tables = await transaction(own_database_url, _tables)
    stop = asyncio.Event()
    writing = asyncio.create_task(_write(database, tables, stop))
    reading = asyncio.create_task(_read(database, tables, stop))
    await asyncio.to_thread(migrations.upgrade, own_database_url)
    stop.set()
    written, longest = await writing
    await reading
    async with database.read() as session:
        seqs = list(await session.scalars(text("select seq from message order by seq")))
    await database.close()
    assert seqs == list(range(1, written + 1))
    assert written > 1
    assert longest < HELD
    assert await asyncio.to_thread(migrations.standing, own_database_url) is Standing.CURRENT


async def test_a_migration_that_gets_no_lock_gives_up_and_can_be_repeated(
    own_database_url: str,
) -> None:
    await asyncio.to_thread(migrations.upgrade, own_database_url, LAST_BUT_ONE)
    await transaction(own_database_url, rows.fill)
    database = Database(own_database_url)
    async with database.begin() as session:
        for table in ("conversation", "message", "outbox", "ticket", "alembic_version"):
            await session.execute(text(f"delete from {table} where 1 = 0"))
        with pytest.raises(Busy, match="sportello migrate"):
            await asyncio.to_thread(
                migrations.upgrade, own_database_url, patience=0.0, lock_timeout=0.05
            )
    await database.close()
    assert await asyncio.to_thread(migrations.current, own_database_url) == LAST_BUT_ONE
    await asyncio.to_thread(migrations.upgrade, own_database_url)
    assert await asyncio.to_thread(migrations.current, own_database_url) == HEAD


async def test_a_schema_that_is_the_newest_is_left_alone_while_it_is_in_use(
    database: Database, database_url: str
) -> None:
    async with database.begin() as session:
        await session.execute(text("delete from message where 1 = 0"))
        await asyncio.to_thread(migrations.upgrade, database_url, patience=0.0, lock_timeout=0.05)


def test_a_migration_on_sqlite_may_make_a_table_anew_but_not_tear_it_from_others(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    url = f"sqlite+aiosqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'own.db')}"
    before = asyncio.run(transaction(url, rows.fill))
    kept = "insert into made_anew select * from operator"
    with pytest.raises(RuntimeError, match="point at nothing"):
        asyncio.run(_make_operators_anew(url, f"{kept} where 1 = 0"))
    assert rows.kept(before, asyncio.run(transaction(url, rows.fill))) == []
    asyncio.run(_make_operators_anew(url, kept))
    assert rows.kept(before, asyncio.run(transaction(url, rows.fill))) == []


async def _make_operators_anew(url: str, copy: str) -> None:
    """As Alembic changes a table that SQLite cannot change."""

    def change(connection: Connection) -> None:
        with hold_others_off(connection, lock_timeout=1.0):
            found = text("select sql from sqlite_master where name = 'operator'")
            made = str(connection.scalar(found)).replace("TABLE operator", "TABLE made_anew")
            drop, rename = "drop table operator", "alter table made_anew rename to operator"
            for statement in (made, copy, drop, rename):
                connection.execute(text(statement))

    engine = engine_for(url, lock_timeout=1.0)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(change)
    finally:
        await engine.dispose()


def test_two_migrations_at_once_are_one_after_the_other(own_database_url: str) -> None:
    command = (sys.executable, "-c", MIGRATE, own_database_url)
    both = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    assert [(each.communicate()[1], each.returncode) for each in both] == [(b"", 0)] * 2
    migrations.check(own_database_url)


@pytest.mark.parametrize("command", ["serve", "worker", "migrate"])
def test_nothing_starts_on_a_schema_of_newer_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    database_url: str,
    command: str,
) -> None:
    with stamped(database_url, "fedcba987654"):
        assert _command(monkeypatch, database_url, command) == NewerSchema.code
    said = capsys.readouterr().err
    assert "fedcba987654" in said
    assert "newer than this version" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_who_serves_asks_for_the_migration_of_an_older_schema(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    database_url: str,
    command: str,
) -> None:
    with stamped(database_url, LAST_BUT_ONE):
        assert _command(monkeypatch, database_url, command) == NewerSchema.code
    assert "run `sportello migrate` first" in capsys.readouterr().err


def _command(monkeypatch: pytest.MonkeyPatch, url: str, command: str) -> int:
    monkeypatch.setenv("SPORTELLO_DATABASE_URL", url)
    monkeypatch.setenv("SPORTELLO_BOT_TOKEN", "b" * 32)
    monkeypatch.setenv("SPORTELLO_INTERNAL_TOKEN", "i" * 32)
    return main([command])


@contextmanager
def stamped(url: str, revision: str) -> Iterator[None]:
    """The shared database says that it is at another revision."""

    def stamp(connection: Connection, version: str) -> None:
        connection.execute(text("update alembic_version set version_num = :it"), {"it": version})

    asyncio.run(transaction(url, lambda connection: stamp(connection, revision)))
    try:
        yield
    finally:
        asyncio.run(transaction(url, lambda connection: stamp(connection, HEAD)))


def _tables(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    return found


async def _write(database: Database, tables: MetaData, stop: asyncio.Event) -> tuple[int, float]:
    """As the service does: a number under the conversation's lock, the message, its job."""
    written, longest = 0, 0.0
    async with database.engine.begin() as connection:
        await connection.run_sync(rows.fill)
    while not stop.is_set():
        began = time.monotonic()
        async with database.begin() as session:
            await _say(session, tables)
        longest = max(longest, time.monotonic() - began)
        written += 1
        await asyncio.sleep(0)
    return written + 1, longest


async def _say(session: AsyncSession, tables: MetaData) -> None:
    conversation, message = tables.tables["conversation"], tables.tables["message"]
    taken = update(conversation).values(last_seq=conversation.c.last_seq + 1)
    seq = await session.scalar(taken.returning(conversation.c.last_seq))
    sample = (await session.execute(select(message).limit(1))).mappings().one()
    known = {name: value for name, value in sample.items() if name in message.c}
    await session.execute(insert(message).values({**known, "id": f"m{seq}", "seq": seq}))


async def _read(database: Database, tables: MetaData, stop: asyncio.Event) -> None:
    message = tables.tables["message"]
    while not stop.is_set():
        async with database.read() as session:
            await session.execute(select(func.max(message.c.seq)))
        await asyncio.sleep(0)
