"""SQLite for asyncio: statements run where they are asked for, what may wait runs in a thread.

A statement on an indexed table takes some 20 µs; handing each of its four steps to a thread and
back takes ten times as long (docs/performance.md). Waiting for the write lock and for the disk
is what would hold everybody up: that, and reports, go to a thread. For sessions: the bare
`AsyncConnection.execute` insists on having waited.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy import URL, AsyncAdaptedQueuePool, Connection, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import DBAPIConnection, ExecutionContext
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import await_

READS = "sportello_reads"  # execution options of a connection
APART = "sportello_apart"
KEPT = 20  # connections; opening another takes as long as ten statements
WAIT = 5.0  # seconds for the write lock, unless the URL says `?timeout=`
Result = TypeVar("Result")


def create_engine(url: URL) -> AsyncEngine:
    """An engine on one file: WAL, each commit on the disk, foreign keys watched."""
    driver = f"sqlite+{Dialect.driver}"
    engine = create_async_engine(url.set(drivername=driver), hide_parameters=True, pool_size=KEPT)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


class Cursor(sqlite3.Cursor):
    """Has its rows at once, so that they outlive the transaction."""

    _rows: deque[Any] = deque()

    def execute(self, statement: str, parameters: Any = ()) -> "Cursor":
        super().execute(statement, parameters)
        self._rows = deque(super().fetchall()) if self.description else deque()
        return self

    def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        count = min(self.arraysize if size is None else size, len(self._rows))
        return [self._rows.popleft() for _ in range(count)]

    def fetchall(self) -> list[Any]:
        rows, self._rows = list(self._rows), deque()
        return rows

    def __next__(self) -> Any:
        if not self._rows:
            raise StopIteration
        return self._rows.popleft()

    async def _async_soft_close(self) -> None:
        """What SQLAlchemy awaits of a cursor whose rows are read already."""


class Link(sqlite3.Connection):
    def __init__(self, database: str, *, timeout: float, **options: Any) -> None:
        super().__init__(database, timeout=timeout, **options)
        self.wait = timeout  # seconds for the write lock

    def cursor(self, factory: Any = Cursor) -> Any:
        return super().cursor(factory)


class Dialect(SQLiteDialect_pysqlite):
    driver = "inline"
    is_async = True
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        return sqlite3

    @classmethod
    def get_pool_class(cls, url: URL) -> type[AsyncAdaptedQueuePool]:
        return AsyncAdaptedQueuePool

    def create_connect_args(self, url: URL) -> Any:
        arguments, options = super().create_connect_args(url)
        ours = {"factory": Link, "check_same_thread": False, "isolation_level": None}
        return arguments, {"timeout": WAIT, **options, **ours}

    def do_execute(
        self,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: ExecutionContext | None = None,
    ) -> None:
        if context is not None and context.execution_options.get(APART):
            _apart(cursor.execute, statement, parameters)
        else:
            cursor.execute(statement, parameters)

    def do_commit(self, dbapi_connection: Any) -> None:
        if not dbapi_connection.in_transaction:
            # a full disk ends all of it, also what other units of the same commit did
            raise sqlite3.OperationalError("the transaction was rolled back")
        try:
            _apart(dbapi_connection.commit)
        except BaseException:
            # a full disk leaves the transaction open, and SQLAlchemy would keep it in its pool
            dbapi_connection.rollback()
            raise


def _apart(call: Callable[..., Result], *given: Any) -> Result:
    return await_(_in_thread(partial(call, *given)))


async def _in_thread(call: Callable[[], Result]) -> Result:
    """Waits for its end even when it is cancelled: two threads must not share a connection."""
    running = asyncio.get_running_loop().run_in_executor(None, call)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def _prepare(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL may lose the last commits when the power fails
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    raw = connection.connection.driver_connection
    assert isinstance(raw, Link)
    if connection.get_execution_options().get(READS, False):
        raw.execute("BEGIN")
    elif not _begins_at_once(raw):
        # a transaction that reads first and writes later would fail with SQLITE_BUSY
        connection.exec_driver_sql("BEGIN IMMEDIATE", execution_options={APART: True})


def _begins_at_once(raw: Link) -> bool:
    """False if another process holds the lock: that is waited for in a thread."""
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        raw.execute(f"PRAGMA busy_timeout = {raw.wait * 1000:.0f}")
    return True


registry.register(f"sqlite.{Dialect.driver}", __name__, "Dialect")
