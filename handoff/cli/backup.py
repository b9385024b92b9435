"""`sportello backup` and `sportello restore`."""

import sqlite3
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy.exc import DBAPIError

from handoff import backup
from handoff.backup.making import keep
from handoff.refusals import Refusal
from handoff.settings import Settings

MEGABYTE = 1_000_000


def run_backup(settings: Settings, chosen: Namespace) -> None:
    """A new one; older ones go when it is there and, if asked for, proved."""
    folder: Path = chosen.to or settings.var / "backups"
    with _in_a_sentence():
        made = backup.make(settings, folder)
    rows = sum(made.manifest.rows.values())
    sys.stdout.write(f"{made.file}: {rows} rows, {made.size / MEGABYTE:.1f} MB\n")
    if chosen.verify:
        _prove(settings, made.file)
    for old in keep(folder, chosen.keep):
        sys.stdout.write(f"deleted: {old.name}\n")


def run_restore(settings: Settings, chosen: Namespace) -> None:
    if chosen.check:
        _prove(settings, chosen.file)
        return
    with _in_a_sentence():
        restored = backup.restore(settings, chosen.file, replace=chosen.yes)
    sys.stdout.write(
        f"Restored: the state of {restored.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, "
        f"{sum(restored.manifest.rows.values())} rows.\n"
    )
    if restored.aside:
        sys.stdout.write(f"The database before is kept as {restored.aside}.\n")
    if restored.model != restored.serves:
        sys.stdout.write(
            f"The backup's model is {restored.model or 'none'}; {restored.serves or 'none'} "
            "serves, as the newest in models/: publish the other at /panel/formazione.\n"
        )


def _prove(settings: Settings, file: Path) -> None:
    with _in_a_sentence():
        manifest = backup.prove(settings, file)
    sys.stdout.write(
        f"{file.name} can be restored: {len(manifest.rows)} tables, "
        f"{sum(manifest.rows.values())} rows, nothing missing\n"
    )


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    """A full disk, a server that is away or says no: whoever reads it at night needs no stack."""
    try:
        yield
    except (OSError, asyncpg.PostgresError, sqlite3.Error, DBAPIError) as error:
        cause = getattr(error, "orig", None) or error  # without the statement and its values
        raise Refusal(f"Nothing was done: {type(cause).__name__}: {cause}") from error
