"""The parts of the scaled mode: its programs, and a PostgreSQL server of its own."""

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path

import asyncpg
import pytest

from ops import ports, scaled, settings
from ops.equipment import find_postgres
from ops.layout import Layout
from ops.postgres import Server
from tests.postgres import SPEED


@pytest.fixture
def layout() -> Layout:
    return Layout.of((8410, 8411), workers=3, bots=2)


def test_every_program_is_supervised_with_settings_of_its_own(
    layout: Layout, tmp_path: Path
) -> None:
    written = RawConfigParser()
    written.read(scaled.configuration(layout, tmp_path / "scaled.conf"))
    grouped = written["group:sportello"]["programs"].split(",")
    assert sorted(grouped) == [
        *("actions-1", "bot-1", "bot-2", "web-1", "web-2", "worker-1", "worker-2", "worker-3"),
    ]
    programs = [written[f"program:{name}"] for name in grouped]
    assert len({each["stdout_logfile"] for each in programs}) == len(programs)
    assert all("leash.py" in each["command"] for each in programs)
    told = " ".join(each["environment"] for each in programs)
    own = re.findall(r'SPORTELLO_(?:BOT_)?PORT="(\d+)"', told)
    assert len(own) == len(set(own)) == 4
    assert told.count('SPORTELLO_WORKERS="0"') == 2


def test_the_programs_are_told_where_every_bot_is(layout: Layout) -> None:
    own = [each.settings["SPORTELLO_BOT_PORT"] for each in layout.programs() if each.kind == "bot"]
    assert layout.shared()["SPORTELLO_BOT_URL"] == ",".join(
        f"http://127.0.0.1:{port}" for port in own
    )


def test_a_given_postgresql_is_used_and_none_is_started() -> None:
    given = {"SPORTELLO_DATABASE_URL": "postgresql+asyncpg://somebody@elsewhere/sportello"}
    with scaled.database(given) as env:
        assert env == given


@pytest.fixture
def server() -> Iterator[Server]:
    """Not in pytest's folder, which the user `postgres` may not enter."""
    folder = Path(tempfile.mkdtemp(prefix="sportello-pg-"))
    programs, (port,) = find_postgres(os.environ), ports.choose(1)
    assert programs
    password = settings.generate(folder / "secrets", names=("A",))["A"]
    yield Server(programs, folder, port, SPEED, password)
    shutil.rmtree(folder)


def test_its_database_keeps_what_was_written_and_lets_nobody_in_without_the_password(
    server: Server,
) -> None:
    with server.running() as url:
        asyncio.run(ask(url, "create table kept as select 1 as one"))
        with pytest.raises(asyncpg.InvalidPasswordError):
            asyncio.run(ask(url.replace(server.password, "wrong"), "select 1"))
    with server.running() as url:
        assert asyncio.run(ask(url, "select one from kept")) == 1


async def ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(f"{url}/postgres")
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()
