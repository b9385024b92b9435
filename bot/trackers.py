"""The tracker store: a row per conversation, however long it is; no database, no answer."""

import asyncio
import contextvars
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from rasa.core.tracker_store import TrackerStore
from sqlalchemy.engine import Connection, Engine, Row, make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import QueuePool

from bot.memory import Conversation

# Below the door's four seconds, so that a busy database is told apart from a slow bot
BUSY = 2.0
CONNECTIONS = 4
Result = TypeVar("Result")

TABLE = sa.Table(
    "bot_tracker",
    sa.MetaData(),
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("snapshot", sa.Text, nullable=False),
    sa.Column("updated_at", sa.Float, nullable=False),
)


class Overtaken(Exception):
    """Another process stored this conversation first: read it again."""


class SnapshotStore(TrackerStore):
    """Keeps a snapshot per conversation; who comes second with it must read it again."""

    def __init__(self, url: str) -> None:
        super().__init__(domain=None)
        self.engine = connect(url)
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="trackers")

    async def get_or_create_tracker(
        self,
        sender_id: str,
        max_event_history: int | None = None,
        append_action_listen: bool = True,
    ) -> Conversation:
        """A new conversation is stored with its first answer, not before."""
        return await self.retrieve(sender_id) or Conversation.new(sender_id, self.domain)

    async def retrieve(self, sender_id: str) -> Conversation | None:
        row = await self._run(_read, sender_id)
        if row is None:
            return None
        return Conversation.restore(
            sender_id, self.domain, snapshot=row.snapshot, version=row.version
        )

    async def save(self, tracker: Conversation) -> None:
        row = (tracker.sender_id, tracker.version, tracker.snapshot())
        try:
            stored = await self._run(_write, *row)
        except IntegrityError as error:  # two began the same conversation
            raise Overtaken from error
        if not stored:
            raise Overtaken
        tracker.version += 1

    async def erase(self, sender_id: str) -> None:
        await self._run(_erase, sender_id)

    async def keys(self) -> Iterable[str]:
        return await self._run(_ids)

    def close(self) -> None:
        self._threads.shutdown()
        self.engine.dispose()

    async def _run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """Off the event loop; the thread knows whose message is being handled."""
        job = partial(contextvars.copy_context().run, self._in_transaction, work, *arguments)
        return await asyncio.get_running_loop().run_in_executor(self._threads, job)

    def _in_transaction(self, work: Callable[..., Result], *arguments: Any) -> Result:
        with self.engine.begin() as connection:
            return work(connection, *arguments)


def connect(url: str) -> Engine:
    options: dict[str, Any] = {"hide_parameters": True}  # they hold what citizens wrote
    if make_url(url).get_backend_name() != "sqlite":
        waits = f"-c lock_timeout={int(BUSY * 1000)} -c statement_timeout={int(BUSY * 1000)}"
        arguments = {"connect_timeout": int(BUSY), "options": waits}
        return sa.create_engine(
            url, pool_size=CONNECTIONS, pool_pre_ping=True, connect_args=arguments, **options
        )
    arguments = {"timeout": BUSY, "check_same_thread": False}
    engine = sa.create_engine(
        url, poolclass=QueuePool, pool_size=CONNECTIONS, connect_args=arguments, **options
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _read(connection: Connection, sender_id: str) -> Row | None:
    query = sa.select(TABLE.c.version, TABLE.c.snapshot)
    query = query.where(TABLE.c.conversation_id == sender_id)
    return connection.execute(query).first()


def _write(connection: Connection, sender_id: str, version: int, snapshot: str) -> bool:
    """Whether the conversation was still as it was read."""
    values = {"version": version + 1, "snapshot": snapshot, "updated_at": time.time()}
    if version == 0:
        connection.execute(TABLE.insert().values(conversation_id=sender_id, **values))
        return True
    unchanged = (TABLE.c.conversation_id == sender_id) & (TABLE.c.version == version)
    return connection.execute(TABLE.update().where(unchanged).values(values)).rowcount == 1


def _erase(connection: Connection, sender_id: str) -> None:
    connection.execute(TABLE.delete().where(TABLE.c.conversation_id == sender_id))


def _ids(connection: Connection) -> list[str]:
    return list(connection.execute(sa.select(TABLE.c.conversation_id)).scalars())
