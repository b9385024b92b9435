"""Rows of the directory's files, checked before anything is built on them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from handoff.knowledge.files import read

Row = dict[str, Any]


class BadDirectory(ValueError):
    """Names the file and the entry that a person has to mend."""


def rows_of(file: Path, *, needed: Sequence[str]) -> list[Row]:
    """The entries, each with an id of its own and the needed fields; none without the file."""
    rows: list[Row] = (read(file) if file.is_file() else None) or []
    seen: set[str] = set()
    for row in rows:
        if missing := [name for name in ("id", *needed) if not row.get(name)]:
            raise BadDirectory(f"{file.name}: {row.get('id') or row} has no `{missing[0]}`")
        if row["id"] in seen:
            raise BadDirectory(f"{file.name}: two entries share the id {row['id']}")
        seen.add(row["id"])
    return rows
