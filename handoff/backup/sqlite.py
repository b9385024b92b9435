"""SQLite's part: a copy by its backup API while others write, and a rename."""

import gzip
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

from sqlalchemy import create_engine, make_url

from handoff.backup.archive import Damaged, sync
from handoff.backup.soundness import count_rows
from handoff.refusals import Busy, Unequipped

PAGES = 2048  # copied at a time: 8 MB
JOURNALS = ("-wal", "-shm")


class Sqlite:
    kind: Literal["sqlite"] = "sqlite"
    member = "database.sqlite.gz"

    def __init__(self, url: str) -> None:
        named = make_url(url).database
        if not named or named == ":memory:":
            raise Unequipped("SPORTELLO_DATABASE_URL names no file.")
        self._file = Path(named)

    @property
    def workplace(self) -> Path:
        """Beside the database: a rename does not cross file systems."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        return self._file.parent

    def is_there(self) -> bool:
        return self._file.exists() and self._file.stat().st_size > 0

    def copy(self, target: Path) -> dict[str, int]:
        """One moment of the database, compressed; rows by table. Raises Damaged."""
        plain = target.with_suffix("")
        plain.touch(mode=0o600)
        with (
            closing(sqlite3.connect(self._file, isolation_level=None)) as source,
            closing(sqlite3.connect(plain, isolation_level=None)) as copied,
        ):
            # the snapshot of an open read transaction: without it each commit of the service
            # would have the copying begin anew, and under load it would never end
            source.execute("begin")
            source.execute("select count(*) from sqlite_master").fetchone()
            source.backup(copied, pages=PAGES)
            source.execute("rollback")
            _leave_wal(copied)
            _require_sound(copied)
        rows = _rows_of(plain)
        with plain.open("rb") as read, gzip.open(target, "wb", compresslevel=6) as write:
            shutil.copyfileobj(read, write)
        plain.unlink()
        return rows

    @contextmanager
    def scratch(self, copied: Path) -> Iterator[str]:
        """A database of its own out of a copy."""
        file = copied.with_name("scratch.db")
        with gzip.open(copied) as read, open(file, "wb", opener=_private) as write:
            shutil.copyfileobj(read, write)
        try:
            yield f"sqlite+aiosqlite:///{file}"
        finally:
            for ending in ("", *JOURNALS):
                file.with_name(file.name + ending).unlink(missing_ok=True)

    def require_unused(self) -> None:
        """Who has the database open keeps it in WAL mode: only a lonely one can leave it."""
        if not self.is_there():
            return
        try:
            with closing(sqlite3.connect(self._file, timeout=0.5, isolation_level=None)) as alone:
                _leave_wal(alone)
        except sqlite3.OperationalError as error:
            raise Busy(
                f"{self._file} is open in another program ({error}): stop Sportello, its workers "
                "and the bot first, then run this again."
            ) from error
        except sqlite3.DatabaseError:
            return  # what cannot be read is put aside as it is

    def swap(self, scratch_url: str, *, stamp: str) -> str | None:
        """The scratch database becomes the one; where the one before is now."""
        scratch = Path(make_url(scratch_url).database or "")
        with closing(sqlite3.connect(scratch, isolation_level=None)) as alone:
            _leave_wal(alone)
        sync([scratch])
        aside = self._put_aside(stamp) if self._file.exists() else None
        scratch.replace(self._file)
        sync([self._file.parent])
        return str(aside) if aside else None

    def _put_aside(self, stamp: str) -> Path:
        """Another name for it: there is a database under its own one at every moment."""
        aside = self._file.with_name(f"{self._file.name}.before-restore-{stamp}")
        for ending in JOURNALS:  # only where it could not be read
            beside = self._file.with_name(self._file.name + ending)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + ending))
        aside.hardlink_to(self._file)
        return aside


def _leave_wal(connection: sqlite3.Connection) -> None:
    """Everything into the one file."""
    connection.execute("pragma wal_checkpoint(truncate)")
    connection.execute("pragma journal_mode=delete")


def _require_sound(connection: sqlite3.Connection) -> None:
    said = connection.execute("pragma integrity_check(1)").fetchone()[0]
    if said != "ok":
        raise Damaged(f"The database itself is damaged: {said}. Restore an earlier backup.")


def _rows_of(file: Path) -> dict[str, int]:
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            return count_rows(connection)
    finally:
        engine.dispose()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
