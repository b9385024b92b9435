"""The database: SQLite embedded or PostgreSQL, one code path."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import URL, Float, make_url, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from handoff import sqlite
from handoff.notify import Bell
from handoff.shared_commits import SharedCommits
from handoff.telemetry import NOBODY, Telemetry

ALIVE = 5.0  # seconds between two signs of life of the connection that hears rings
RINGS = "sportello"  # the PostgreSQL channel that carries rings between processes
NOTIFY = text("select pg_notify(:channel, ring) from unnest(cast(:rings as text[])) as ring")
# A real write that leaves nothing behind: a page of the log, as any message costs
SQLITE_WRITE = (text("pragma user_version = 0"),)
POSTGRESQL_WRITE = (
    text("select pg_logical_emit_message(true, 'sportello', '')"),
    text("update inbox set state = state where false"),  # refused where one may only read
)
AWAY = (DBAPIError, PoolTimeout)  # unless it is one of
ONE_MOMENT = {"isolation_level": "REPEATABLE READ"}  # on SQLite each snapshot is
OUR_FAULT = (DataError, IntegrityError, ProgrammingError)
PAUSES = (0.1, 0.4, 1.0, 2.0, 4.0, 8.0)  # seconds between tries at what must be written down
Written = TypeVar("Written")
logger = logging.getLogger(__name__)


def is_away(error: BaseException) -> bool:
    """True if the database cannot work now: gone, locked, full or read-only."""
    return isinstance(error, AWAY) and not isinstance(error, OUR_FAULT)


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


def insert_for(session: AsyncSession) -> Any:
    """The dialect's own INSERT, which knows what to do about what is there already."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert if is_postgresql else sqlite_dialect.insert


class Database:
    """Transactions for writing (`begin`) and for reading (`read`), and the bell they ring.

    Whatever keeps the database from working is one of AWAY.
    """

    pauses: tuple[float, ...] = PAUSES

    def __init__(
        self, url: str, telemetry: Telemetry = NOBODY, *, patience: float | None = 30.0
    ) -> None:
        """`patience`: seconds for one statement; PostgreSQL may vanish without a word."""
        self.bell = Bell()
        self._telemetry = telemetry
        made = make_url(url)
        self.engine = (
            sqlite.create_engine(made)
            if made.get_backend_name() == "sqlite"
            else _postgresql(made, patience)
        )
        self._is_sqlite = self.engine.dialect.name == "sqlite"
        # SQLite has one writer; waiting in turn is fair, its busy handler sleeps blindly
        self._unit = SharedCommits(self.engine).unit if self._is_sqlite else self._transaction
        self._reader = self.engine.execution_options(**{sqlite.READS: True})
        self._apart = self._reader.execution_options(
            **({sqlite.APART: True} if self._is_sqlite else ONE_MOMENT)
        )

    @property
    def is_shared(self) -> bool:
        """By several processes of the service."""
        return not self._is_sqlite

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """One write transaction, committed at the end; rings go out after the commit."""
        asked = time.perf_counter()
        async with self._unit() as session:
            self._telemetry.waited_to_write(time.perf_counter() - asked)
            yield session
            rings: set[str] = session.info.get("rings", set())
            if rings and not self._is_sqlite:
                await session.execute(NOTIFY, {"channel": RINGS, "rings": sorted(rings)})
        self.bell.ring(rings)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        async with (
            AsyncSession(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            await _reach(session)  # waits for a connection here, where it is measured
            yield session

    @asynccontextmanager
    async def read(self, *, apart: bool = False) -> AsyncIterator[AsyncSession]:
        """To read from; takes no write lock. `apart`: a report, which may take long, and of which
        all is of one moment."""
        engine = self._apart if apart else self._reader
        async with AsyncSession(engine, expire_on_commit=False) as session:
            if self.is_shared:
                await _reach(session)
            yield session

    async def insist(self, unit: Callable[[AsyncSession], Awaitable[Written]]) -> Written:
        """A whole transaction, begun anew while the database is away: of what happened already.

        It may run once more after it was committed: the answer to a commit can get lost.
        """
        for pause in self.pauses:
            try:
                async with self.begin() as session:
                    return await unit(session)
            except AWAY as error:
                if not is_away(error):
                    raise
            await asyncio.sleep(pause)
        async with self.begin() as session:
            return await unit(session)

    async def try_writing(self) -> None:
        """Raises what a message would meet: a full disk lets read, begin and commit nothing."""
        async with self.begin() as session:
            for statement in SQLITE_WRITE if self._is_sqlite else POSTGRESQL_WRITE:
                await session.execute(statement)

    async def hear_others(self) -> None:
        """Rings of other processes ring here too (PostgreSQL only). Runs until cancelled."""
        while not self._is_sqlite:
            try:
                await self._hear()
            except Exception as error:  # of a connection that breaks asyncpg tells in many ways
                logger.warning("lost the wake-up connection: %s", type(error).__name__)
            await asyncio.sleep(1)

    async def _hear(self) -> None:
        url = self.engine.url.set(drivername="postgresql")
        address = url.render_as_string(hide_password=False)
        connection = await _connected(address)
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _connection: closed.set())
        try:
            await connection.add_listener(RINGS, lambda *heard: self.bell.ring([heard[3]]))
            self.bell.ring_all()  # what rang while nobody here could hear it
            while not await _within(ALIVE, closed):
                await connection.execute("select 1", timeout=ALIVE)
        finally:
            connection.terminate()  # a farewell might wait for a server that is gone

    async def close(self) -> None:
        await self.engine.dispose()


async def _connected(address: str) -> asyncpg.Connection:
    """Cancelled on the way, asyncpg would leave the connection open."""
    connecting = asyncio.ensure_future(asyncpg.connect(address, timeout=5.0))
    try:
        return await asyncio.shield(connecting)
    except asyncio.CancelledError:
        with suppress(Exception):
            (await connecting).terminate()
        raise


async def _within(seconds: float, event: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


async def _reach(session: AsyncSession) -> None:
    """Connect now: of a server that is not there asyncpg tells by the system's own errors, and
    of one that is lost while SQLAlchemy prepares the connection by errors that it leaves as
    they are."""
    try:
        await session.connection()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise OperationalError("connect", None, error) from error


def _postgresql(url: URL, patience: float | None) -> AsyncEngine:
    return create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        hide_parameters=True,  # errors end in logs, parameters are what citizens wrote
        pool_pre_ping=True,
        pool_size=20,
        connect_args={
            "timeout": 5.0,
            "command_timeout": patience,
            # compiling a report takes PostgreSQL seconds, and running it some hundredths
            "server_settings": {"jit": "off"},
        },
    )
