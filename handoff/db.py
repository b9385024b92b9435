"""The database: SQLite embedded or PostgreSQL, one code path."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, Float, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from handoff.notify import Bell

RINGS = "sportello"  # the PostgreSQL channel that carries rings between processes
NOTIFY = text("select pg_notify(:channel, ring) from unnest(cast(:rings as text[])) as ring")
PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0)  # seconds; half a lease in all
AWAY = (SQLAlchemyError, OSError)  # what a database that restarts makes of a transaction
logger = logging.getLogger(__name__)
Stored = TypeVar("Stored")


class now(FunctionElement[float]):
    """The database's clock in seconds since 1970: leases must not trust a worker's clock."""

    type = Float()
    inherit_cache = True


@compiles(now, "postgresql")
def _now_postgresql(_element: Any, _compiler: Any, **_: Any) -> str:
    return "extract(epoch from clock_timestamp())::float8"


@compiles(now, "sqlite")
def _now_sqlite(_element: Any, _compiler: Any, **_: Any) -> str:
    # SQLite 3.40 (Debian 12) has no unixepoch('subsec')
    return "((julianday('now') - 2440587.5) * 86400.0)"


class Database:
    """Transactions for writing (`begin`) and for reading (`read`), and the bell they ring."""

    def __init__(self, url: str) -> None:
        self.bell = Bell()
        self.engine = _sqlite(url) if url.startswith("sqlite") else _postgresql(url)
        self._is_sqlite = self.engine.dialect.name == "sqlite"
        # SQLite has one writer; waiting here is fair, its busy handler sleeps blindly
        self._writer: AbstractAsyncContextManager[Any] = (
            asyncio.Lock() if self._is_sqlite else nullcontext()
        )
        self._reader = self.engine.execution_options(sportello_reads=True)
        self._listening: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """One write transaction, committed at the end; rings go out after the commit."""
        async with (
            self._writer,
            AsyncSession(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session
            rings: set[str] = session.info.get("rings", set())
            if rings and not self._is_sqlite:
                await session.execute(NOTIFY, {"channel": RINGS, "rings": sorted(rings)})
        self.bell.ring(rings)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One snapshot to read from; takes no write lock."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    async def insist(
        self,
        write: Callable[[AsyncSession], Awaitable[Stored]],
        *,
        pauses: Sequence[float] = PAUSES,
    ) -> Stored:
        """Store what cannot be done again, also if the database is away for half a minute.

        `write` may run although it was committed before: only the answer was lost.
        """
        for pause in pauses:
            try:
                async with self.begin() as session:
                    return await write(session)
            except AWAY as error:
                logger.warning("cannot store an outcome yet: %s", type(error).__name__)
                await asyncio.sleep(pause)
        async with self.begin() as session:
            return await write(session)

    async def hear_others(self) -> None:
        """Rings of other processes ring here too (PostgreSQL only). Runs until cancelled."""
        while not self._is_sqlite:
            try:
                await self._hear()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger.warning("lost the wake-up connection: %s", type(error).__name__)
            await asyncio.sleep(1)

    async def _hear(self) -> None:
        url = self.engine.url.set(drivername="postgresql")
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _connection: closed.set())
        try:
            await connection.add_listener(RINGS, lambda *heard: self.bell.ring([heard[3]]))
            await closed.wait()
        finally:
            await connection.close()

    async def close(self) -> None:
        await self.engine.dispose()


def _sqlite(url: str) -> AsyncEngine:
    engine = create_async_engine(url)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL may lose the last commits when the power fails
        "busy_timeout=5000",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("sportello_reads", False)
    # a transaction that reads first and writes later would fail with SQLITE_BUSY
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _postgresql(url: str) -> AsyncEngine:
    return create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"), pool_pre_ping=True, pool_size=20
    )
