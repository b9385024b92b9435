"""The schema's diary: one transaction per entry, by one migrator at a time."""

import asyncio
import time
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from handoff.migrations.standing_aside import Contended, engine_for, hold_others_off, is_locked
from handoff.refusals import Busy, NewerSchema, OlderSchema

HEAD = "head"
PATIENCE = 60.0  # seconds until a migration that cannot get its locks gives up
LOCKED = 0.5  # seconds; below PostgreSQL's deadlock_timeout of one second, see `standing_aside`
PAUSE = 0.5  # seconds between two tries, in which what waits for us goes on
Result = TypeVar("Result")


class Standing(StrEnum):
    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


def upgrade(
    url: str, revision: str = HEAD, *, patience: float = PATIENCE, lock_timeout: float = LOCKED
) -> None:
    """Bring the database to the newest schema. Blocks; do not call from an event loop.

    A try waits `lock_timeout` seconds for its locks, so that others wait for it no longer than
    that and the change itself; it is repeated for `patience` seconds. Each entry of the diary is
    committed by itself: what was reached stays and the rest can be done later.
    Raises Busy, and NewerSchema when the database knows more than this code.
    """
    require_known(url)
    deadline = time.monotonic() + patience
    done = _behind(current(url))
    for each in (each for each in _path_to(revision) if each not in done):
        while not _took_step(url, each, lock_timeout=lock_timeout):
            if time.monotonic() > deadline:
                raise Busy(
                    f"The database is in use and gave no lock for {patience:.0f} s; its schema is "
                    f"at {current(url)}, complete. Run `sportello migrate` again at a quiet hour."
                )
            time.sleep(PAUSE)


def standing(url: str) -> Standing:
    """How the database's schema stands to this code; driver's errors when it is away."""
    return standing_of(current(url))


def standing_of(revision: str | None) -> Standing:
    known = _path_to(HEAD)
    if revision is None:
        return Standing.EMPTY
    if revision not in known:
        return Standing.NEWER
    return Standing.CURRENT if revision == known[-1] else Standing.OLDER


def current(url: str) -> str | None:
    """The revision that the database is at; None when it has no tables of ours."""
    return looked_at(url, revision_of)


def looked_at(url: str, work: Callable[[Connection], Result]) -> Result:
    """What `work` finds in one snapshot of the database."""
    return _with_connection(url, work)


def require_known(url: str) -> Standing:
    """Raises NewerSchema rather than let old code write into new tables."""
    revision = current(url)
    if (found := standing_of(revision)) is Standing.NEWER:
        raise NewerSchema(
            f"The database's schema ({revision}) is newer than this version of Sportello: "
            "install the version that made it, or restore a backup made before the update."
        )
    return found


def require_current(url: str) -> None:
    """Raises NewerSchema or OlderSchema: who serves needs the very tables it was written for."""
    if (found := require_known(url)) is not Standing.CURRENT:
        raise OlderSchema(f"The database's schema is {found}: run `sportello migrate` first.")


def revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def check(url: str) -> None:
    """Raise if the tables in the code are not those that the migrations make."""
    _with_connection(url, lambda connection: command.check(_config(connection)))


def record(url: str, message: str) -> None:
    """Write down a new migration from what changed in the tables."""
    _with_connection(
        url,
        lambda connection: command.revision(
            _config(connection), message=message, autogenerate=True
        ),
    )


def _took_step(url: str, revision: str, *, lock_timeout: float) -> bool:
    """False if somebody else held what it needs; then nothing of it was done."""

    def step(connection: Connection) -> None:
        with hold_others_off(connection, lock_timeout=lock_timeout):
            if revision not in _behind(revision_of(connection)):  # another may just have done it
                command.upgrade(_config(connection), revision)

    try:
        _with_connection(url, step, lock_timeout=lock_timeout)
    except Contended:
        return False
    except OperationalError as error:
        if is_locked(error):
            return False
        raise
    return True


def _behind(revision: str | None) -> list[str]:
    """What a database at this revision went through."""
    return _path_to(revision) if revision else []


@cache
def _path_to(revision: str) -> list[str]:
    """From the first entry of the diary to this one."""
    script = ScriptDirectory(str(Path(__file__).parent))
    return [each.revision for each in script.iterate_revisions(revision, "base")][::-1]


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d-%%(rev)s-%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _with_connection(
    url: str, work: Callable[[Connection], Result], *, lock_timeout: float | None = None
) -> Result:
    """In one transaction, that only reads when no lock is wanted."""

    async def run() -> Result:
        engine = engine_for(url, lock_timeout=lock_timeout)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    return asyncio.run(run())
