"""Ways to take a database away from a service, and to give it back."""

import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

HANG_UP = (
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where datname = $1 and pid <> pg_backend_pid()"
)


def file_of(url: str) -> Path:
    return Path(str(make_url(url).database))


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another process writes to the SQLite file, and takes its time."""
    with closing(sqlite3.connect(file_of(url), isolation_level=None)) as other:
        other.execute("begin immediate")
        yield
        other.execute("rollback")


@contextmanager
def full(limit: int) -> Iterator[None]:
    """This process cannot make any file longer than `limit` bytes: for SQLite the disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@asynccontextmanager
async def altered(url: str, how: str, back: str) -> AsyncIterator[None]:
    """A PostgreSQL database that is `how`; whoever was connected has lost the connection."""
    await alter(url, how)
    try:
        yield
    finally:
        await alter(url, back)


async def alter(url: str, *how: str) -> None:
    server, _, name = url.rpartition("/")
    connection = await asyncpg.connect(f"{server}/postgres")
    try:
        for one in how:
            await connection.execute(f"alter database {name} {one}")
        await connection.execute(HANG_UP, name)
    finally:
        await connection.close()


@asynccontextmanager
async def away(url: str) -> AsyncIterator[None]:
    """Nobody can work with the database: SQLite is locked, PostgreSQL takes no connection."""
    if url.startswith("sqlite"):
        with locked(url):
            yield
    else:
        async with altered(url, "allow_connections false", "allow_connections true"):
            yield


@asynccontextmanager
async def unwritable(url: str) -> AsyncIterator[None]:
    """It can be read, and takes no more writes: SQLite's disk is full, PostgreSQL a replica."""
    if url.startswith("sqlite"):
        with full(16 * 1024):
            yield
    else:
        only_read = "set default_transaction_read_only = on"
        async with altered(url, only_read, "reset default_transaction_read_only"):
            yield
