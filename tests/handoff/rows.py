"""A row in every table of whatever schema a database has just now."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, MetaData, Row, Table, insert, select, types

from handoff.db import Database

DIARY = "alembic_version"
LATE = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the night that has an hour twice
SAMPLES: tuple[tuple[type[types.TypeEngine[Any]], Any], ...] = (
    (types.Boolean, False),
    (types.Float, 1.5),
    (types.Integer, 1),
    (types.DateTime, LATE),
    (types.Date, LATE.date()),
    (types.JSON, {"perché": "così"}),
    (types.LargeBinary, b"\x00\xff"),
    (types.String, "è"),
)
Done = TypeVar("Done")


async def transaction(url: str, work: Callable[[Connection], Done]) -> Done:
    """What the work on the database came to, committed."""
    database = Database(url)
    async with database.engine.begin() as connection:
        done = await connection.run_sync(work)
    await database.close()
    return done


def reflected(connection: Connection) -> list[Table]:
    """Parents before children; without the diary of migrations."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != DIARY]


def fill(connection: Connection) -> dict[str, Row[Any]]:
    """Adds a row to each table that has none; all rows afterwards, by table."""
    rows: dict[str, Row[Any]] = {}
    for table in reflected(connection):
        if connection.execute(select(table)).first() is None:
            values = {column.name: _sample(column, rows) for column in table.columns}
            connection.execute(insert(table), values)
        rows[table.name] = connection.execute(select(table)).one()
    return rows


def _sample(column: Column[Any], rows: dict[str, Row[Any]]) -> Any:
    for key in column.foreign_keys:
        if key.column.table.name in rows:
            return getattr(rows[key.column.table.name], key.column.name)
    return next(value for kind, value in SAMPLES if isinstance(column.type, kind))


def kept(before: dict[str, Row[Any]], after: dict[str, Row[Any]]) -> Sequence[str]:
    """What was changed or lost of the rows, as table.column."""
    return [
        f"{table}.{name}"
        for table, row in before.items()
        for name, value in row._mapping.items()
        if getattr(after[table], name, None) != value
    ]
