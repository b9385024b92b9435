"""One commit for the units of work that came while another was at work.

SQLite has one writer, and each commit waits for the disk: as long as several units wait in turn,
they share a transaction, each in a savepoint of its own, and the last one commits for all
(docs/decisions/0013). Each is told when it is on the disk, or that nothing is.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

MOST = 16  # units, so that none waits long for those that came after it


class Group:
    """A transaction, how many units it had, and what came of its commit."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.units = 0
        self.done = asyncio.get_running_loop().create_future()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """The first unit needs no savepoint: when it fails, nothing else is lost."""
        mode = "create_savepoint" if self.units else "rollback_only"
        self.units += 1
        async with (
            AsyncSession(
                self.connection,
                expire_on_commit=False,
                join_transaction_mode=mode,
            ) as session,
            session.begin(),
        ):
            yield session

    async def end(self) -> None:
        try:
            if self.connection.in_transaction():
                await self.connection.commit()
        except Exception as error:
            self.done.set_exception(error)
        else:
            self.done.set_result(None)
        finally:
            await self.connection.close()


class SharedCommits:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Lock()
        self._coming = 0  # units that wait for their turn
        self._open: Group | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is on the disk when this ends, or undone when it raises."""
        async with self._in_turn():
            if self._open is None:
                self._open = await self._begin()
            group = self._open
            try:
                async with group.session() as session:
                    yield session
            finally:
                if self._is_over(group):
                    await self._end()
        await asyncio.shield(group.done)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        self._coming += 1
        try:
            await self._turn.acquire()
        except BaseException:  # cancelled: somebody may have left the commit to this one
            self._coming -= 1
            self._in_background(self._end_what_is_left())
            raise
        self._coming -= 1
        try:
            yield
        finally:
            self._turn.release()

    async def _begin(self) -> Group:
        connection = await self._engine.connect()
        try:
            await connection.begin()
        except BaseException:
            await connection.close()
            raise
        return Group(connection)

    def _is_over(self, group: Group) -> bool:
        is_broken = not group.connection.in_transaction()
        return is_broken or not self._coming or group.units >= MOST

    async def _end(self) -> None:
        """To its end even when the unit that does it is cancelled: others wait for it."""
        group, self._open = self._open, None
        if group is not None:
            await asyncio.shield(self._in_background(group.end()))

    async def _end_what_is_left(self) -> None:
        async with self._turn:
            if not self._coming:
                await self._end()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return task
