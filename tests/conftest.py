"""Real databases, built by the migrations; the app around them; a door on loopback."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

import asyncpg
import httpx
import hypothesis
import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from fastapi import FastAPI

from handoff import chores, migrations
from handoff.app import create_app
from handoff.db import Database
from handoff.panel import passwords
from handoff.settings import Settings
from handoff.tables import Base
from tests import postgres, shipped
from tests.fake_bot import FakeBot

SHARED_MEMORY = "/dev/shm"
WHEN: Final = ("setup", "call", "teardown")
BOTH = ("sqlite", "postgresql")
HANG_UP = (
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where datname = current_database() and pid <> pg_backend_pid()"
)
EMPTY = "; ".join(f"delete from {table.name}" for table in reversed(Base.metadata.sorted_tables))

# What lands must not hang on a draw; `make torture` draws anew each time
hypothesis.settings.register_profile("repeatable", derandomize=True)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(scope="session", autouse=True)
def dear_hasher() -> Iterator[PasswordHasher]:
    """The service's own: 0.2 s of work a time. Where it is not looked at, the cheapest serves."""
    with pytest.MonkeyPatch.context() as patch:
        dear = passwords._hasher
        patch.setattr(passwords, "_hasher", PasswordHasher.from_parameters(CHEAPEST))
        yield dear


@pytest.fixture(scope="session", autouse=True)
def shipped_data() -> Iterator[None]:
    with shipped.read_once():
        yield


@pytest.fixture(autouse=True)
def nothing_falls(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """What is begun anew by itself would else hide a fault, unless the test is about that."""
    yield
    if "falls" not in request.keywords:
        told = [record for when in WHEN for record in caplog.get_records(when)]
        fell = [each.getMessage() for each in told if each.name == chores.__name__]
        assert fell == []


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """A database with our schema; emptying it takes a tenth of the time of making another."""
    name = f"test_{uuid4().hex}"
    asyncio.run(_execute(f"{postgres_server}/postgres", f"create database {name}"))
    migrations.upgrade(f"{postgres_server}/{name}")
    return f"{postgres_server}/{name}"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrations.upgrade(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of the machine's memory, where it has one: SQLite waits 4 ms for a disk to commit,
    and PostgreSQL in the tests does not wait for it either."""
    if not os.access(SHARED_MEMORY, os.W_OK):
        yield tmp_path_factory.mktemp("databases")
        return
    with TemporaryDirectory(prefix="sportello-", dir=SHARED_MEMORY) as folder:
        yield Path(folder)


async def _execute(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statements)
    await connection.close()


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, memory: Path) -> Iterator[str]:
    """An empty database with our schema, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        with TemporaryDirectory(dir=memory) as folder:
            file = Path(folder) / "sportello.db"
            shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
            yield f"sqlite+aiosqlite:///{file}"
        return
    url = request.getfixturevalue("migrated_postgres")
    yield url
    asyncio.run(_execute(url, f"{HANG_UP}; {EMPTY}"))


@pytest.fixture(params=BOTH)
def own_database_url(request: pytest.FixtureRequest, memory: Path) -> Iterator[str]:
    """A database without any table, for tests that make, move and replace databases."""
    if request.param == "sqlite":
        with TemporaryDirectory(dir=memory) as folder:
            yield f"sqlite+aiosqlite:///{folder}/own.db"
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"own_{uuid4().hex[:16]}"
    asyncio.run(_execute(f"{server}/postgres", f"create database {name}"))
    yield f"{server}/{name}"
    asyncio.run(_drop_all(f"{server}/postgres", name))


@pytest.fixture
def own_migrated_url(own_database_url: str, request: pytest.FixtureRequest) -> str:
    """The same with our schema, copied rather than made."""
    if own_database_url.startswith("sqlite"):
        file = own_database_url.partition("///")[2]
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        return own_database_url
    template: str = request.getfixturevalue("migrated_postgres")
    server, _, name = own_database_url.rpartition("/")
    asyncio.run(_execute(template, HANG_UP))
    copied = template.rpartition("/")[2]
    remake = f"drop database {name}", f"create database {name} template {copied}"
    for statement in remake:
        asyncio.run(_execute(f"{server}/postgres", statement))
    return own_database_url


async def _drop_all(url: str, beginning: str) -> None:
    """The database and what was kept beside it."""
    connection = await asyncpg.connect(url)
    found = "select datname from pg_database where starts_with(datname, $1)"
    for row in await connection.fetch(found, beginning):
        await connection.execute(f"drop database {row['datname']} with (force)")
    await connection.close()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def fake_bot() -> Iterator[FakeBot]:
    """The bot's door on loopback: it answers by the contract, or as badly as it is told."""
    with FakeBot() as bot:
        yield bot


@pytest.fixture
def settings(database_url: str, fake_bot: FakeBot) -> Settings:
    return Settings(
        database_url=database_url,
        bot_url=fake_bot.url,
        bot_timeout=0.5,
        bot_token="b" * 32,
        internal_token="i" * 32,
        low_disk=0,  # whatever else fills the machine
    )


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The whole service with its workers, on a fresh database."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client
