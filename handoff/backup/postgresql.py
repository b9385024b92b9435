"""PostgreSQL's part: pg_dump of one snapshot, and a database that changes its name."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import asyncpg
from sqlalchemy import make_url, text

from handoff.backup.programs import program, run
from handoff.backup.soundness import count_rows
from handoff.db import Database
from handoff.refusals import Busy, Unequipped

MAINTENANCE = "postgres"  # the database that every server has, to rename others from
LONGEST = 30  # characters of a name that others are made of; PostgreSQL takes 63
OTHERS = (
    "select count(*) from pg_stat_activity "
    "where datname = $1 and pid <> pg_backend_pid() and backend_type = 'client backend'"
)
Result = TypeVar("Result")


class Postgresql:
    kind: Literal["postgresql"] = "postgresql"
    member = "database.pgdump"

    def __init__(self, url: str, *, workplace: Path) -> None:
        self._url = make_url(url).set(drivername="postgresql")
        self._name = self._url.database or ""
        self.workplace = workplace
        workplace.mkdir(parents=True, exist_ok=True)

    def is_there(self) -> bool:
        return bool(_wait(self._on_server("select 1 from pg_database where datname = $1")))

    def copy(self, target: Path) -> dict[str, int]:
        """One moment of the database, in pg_dump's custom format; rows by table."""
        target.touch(mode=0o600)
        return _wait(self._dump(target))

    @contextmanager
    def scratch(self, copied: Path) -> Iterator[str]:
        """A database of its own out of a copy; dropped, unless it took the place of the one."""
        name = f"{self._name[:LONGEST]}_restoring_{datetime.now(UTC):%Y%m%dt%H%M%Sz}"
        try:
            _wait(self._execute(f"create database {_quoted(name)} template template0"))
        except asyncpg.InsufficientPrivilegeError as error:
            raise Unequipped(
                f"{self._url.username} may not create databases: let an administrator say "
                f"`alter role {self._url.username} createdb` for the time of the restore."
            ) from error
        try:
            self._load(copied, name)
            yield self._url.set(database=name).render_as_string(hide_password=False)
        finally:
            _wait(self._execute(f"drop database if exists {_quoted(name)}"))

    def require_unused(self) -> None:
        if _wait(self._on_server(OTHERS)):
            raise Busy(
                f"The database {self._name} has open connections: stop Sportello, its workers and "
                "the bots first, then run this again."
            )

    def swap(self, scratch_url: str, *, stamp: str) -> str | None:
        """Both renames or none. PostgreSQL itself refuses them while somebody is connected."""
        scratch = make_url(scratch_url).database or ""
        aside = f"{self._name[:LONGEST]}_before_restore_{stamp.lower()}"
        steps = [(self._name, aside)] if self.is_there() else []
        renames = [*steps, (scratch, self._name)]
        try:
            _wait(self._execute(*(_renaming(before, after) for before, after in renames)))
        except asyncpg.ObjectInUseError as error:
            raise Busy(f"{error}: stop what uses it, then run this again.") from error
        return aside if steps else None

    async def _dump(self, target: Path) -> dict[str, int]:
        url = self._url.render_as_string(hide_password=False)
        database = Database(url, patience=None)
        engine = database.engine.execution_options(isolation_level="REPEATABLE READ")
        try:
            async with engine.connect() as connection:
                snapshot = await connection.scalar(text("select pg_export_snapshot()"))
                version = await connection.scalar(text("show server_version_num"))
                rows = await connection.run_sync(count_rows)
                dump = program("pg_dump", server=int(str(version)) // 10_000)
                options = ("--format=custom", "--no-owner", "--no-privileges", "--no-password")
                command = (dump, *options, f"--snapshot={snapshot}", f"--file={target}")
                await asyncio.to_thread(run, command, self._url)
                return rows
        finally:
            await database.close()

    def _load(self, copied: Path, name: str) -> None:
        version = _wait(self._on_server("show server_version_num", named=False))
        restore = program("pg_restore", server=int(str(version)) // 10_000)
        options = ("--no-owner", "--no-privileges", "--no-password", "--exit-on-error")
        command = (restore, *options, "--single-transaction", f"--dbname={name}", copied)
        run(command, self._url)

    async def _on_server(self, question: str, *, named: bool = True) -> Any:
        async with self._server() as connection:
            return await connection.fetchval(question, *([self._name] if named else []))

    async def _execute(self, *statements: str) -> None:
        async with self._server() as connection:
            await connection.execute("; ".join(statements))

    @asynccontextmanager
    async def _server(self) -> AsyncIterator[Any]:
        url = self._url.set(database=MAINTENANCE).difference_update_query(["ssl"])
        if mode := self._url.query.get("ssl"):  # as SQLAlchemy names it
            url = url.update_query_dict({"sslmode": mode})
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        try:
            yield connection
        finally:
            await connection.close()


def _wait(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(work)


def _renaming(before: str, after: str) -> str:
    return f"alter database {_quoted(before)} rename to {_quoted(after)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
