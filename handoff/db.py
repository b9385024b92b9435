"""The database: SQLite embedded or PostgreSQL, one code path."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

import asyncpg
from sqlalchemy import Connection, Float, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from handoff.notify import Bell

LOOK, PATIENT_LOOK = 3.0, 15.0  # seconds, see `Database.look`
ALIVE = 5.0  # seconds between two signs of life of the connection that hears rings
RINGS = "sportello"  # the PostgreSQL channel that carries rings between processes
NOTIFY = text("select pg_notify(:channel, ring) from unnest(cast(:rings as text[])) as ring")
logger = logging.getLogger(__name__)


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
        self.is_shared = not self._is_sqlite  # by several processes
        # SQLite has one writer; waiting here is fair, its busy handler sleeps blindly
        self._writer: AbstractAsyncContextManager[Any] = (
            asyncio.Lock() if self._is_sqlite else nullcontext()
        )
        self._reader = self.engine.execution_options(sportello_reads=True)
        self._hears = False

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

    @property
    def look(self) -> float:
        """Seconds after which who waits for a ring looks for themselves.

        While rings of other processes come for sure, seldom: thousands may wait.
        """
        return PATIENT_LOOK if self._hears else LOOK

    async def hear_others(self) -> None:
        """Rings of other processes ring here too (PostgreSQL only). Runs until cancelled."""
        while not self._is_sqlite:
            try:
                await self._hear()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                logger.warning("lost the wake-up connection: %s", type(error).__name__)
            await asyncio.sleep(1)

    async def _hear(self) -> None:
        url = self.engine.url.set(drivername="postgresql")
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _connection: closed.set())
        try:
            await connection.add_listener(RINGS, lambda *heard: self.bell.ring([heard[3]]))
            self._hears = True
            self.bell.ring_all()  # what rang while nobody here could hear it
            while not await _within(ALIVE, closed):
                await connection.execute("select 1", timeout=ALIVE)
        finally:
            self._hears = False
            connection.terminate()  # a farewell might wait for a server that is gone

    async def close(self) -> None:
        await self.engine.dispose()


async def _within(seconds: float, event: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


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
