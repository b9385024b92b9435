"""One migrator at a time, and none that keeps the service waiting for long."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from handoff.db import Database
from handoff.tables import Base

MIGRATING = 7_266_841  # our number among PostgreSQL's advisory locks
# lock_not_available, deadlock_detected, query_canceled (by statement_timeout)
CONTENTION = frozenset({"55P03", "40P01", "57014"})
LIMIT = text("select set_config(:name, :value, true)")


class Contended(Exception):
    """Somebody else held what a migration needs; nothing was done."""


def engine_for(url: str, *, lock_timeout: float | None) -> AsyncEngine:
    """To write with when there is a lock to wait for, else to read with."""
    engine = Database(url, patience=None).engine
    if lock_timeout is None:
        return engine.execution_options(sportello_reads=True)
    if engine.dialect.name == "sqlite":

        def prepare(connection: DBAPIConnection, _record: object) -> None:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={int(lock_timeout * 1000)}")
            # a table that is made anew would take the rows that point at it along; a
            # transaction cannot change this any more, so `hold_others_off` looks at the end
            cursor.execute("PRAGMA foreign_keys=OFF")
            cursor.close()

        event.listen(engine.sync_engine, "connect", prepare)
    return engine


@contextmanager
def hold_others_off(connection: Connection, *, lock_timeout: float) -> Iterator[None]:
    """Until the transaction ends. On SQLite its BEGIN IMMEDIATE did it already."""
    if connection.dialect.name == "sqlite":
        before = _places(connection)
        yield
        if before.items() - _places(connection).items():  # else it takes seconds for nothing
            _require_whole(connection)
        return
    try:
        _lock_all(connection, within=f"{int(lock_timeout * 1000)}ms")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) in CONTENTION:
            raise Contended from error
        raise
    yield


def is_locked(error: DBAPIError) -> bool:
    """SQLite's way to say that another one writes."""
    return "database is locked" in str(error.orig)


def _lock_all(connection: Connection, *, within: str) -> None:
    """Everything at once, before anything is changed, or nothing.

    Locks taken one by one between changes would meet a service that takes them in another order;
    PostgreSQL ends such a deadlock after a second (`deadlock_timeout`) at the cost of whoever
    noticed it, which may be a citizen's message. This statement as a whole gives up before that.
    """
    connection.execute(LIMIT, {"name": "lock_timeout", "value": within})
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
    there = set(inspect(connection).get_table_names())
    ours = [table.name for table in Base.metadata.sorted_tables if table.name in there]
    if not ours:
        return
    connection.execute(LIMIT, {"name": "statement_timeout", "value": within})
    connection.execute(text(f"lock table {', '.join(ours)} in access exclusive mode"))
    connection.execute(LIMIT, {"name": "statement_timeout", "value": "0"})


def _places(connection: Connection) -> dict[str, int]:
    """Where each table lies: a table that was made anew lies elsewhere."""
    found = connection.exec_driver_sql(
        "select name, rootpage from sqlite_master where type='table'"
    )
    return {str(name): int(place) for name, place in found}


def _require_whole(connection: Connection) -> None:
    if torn := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError(f"the migration would leave rows of {torn[0]} that point at nothing")
