"""Rings again for conversations that changed: a ring between processes may get lost.

One look for all who listen in this process; thousands of open web chats that each look for
themselves would ask more than all messages do (docs/performance.md).
"""

import asyncio
import logging

from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from handoff.db import Database, now
from handoff.tables import Conversation

ROUND = 3.0  # seconds between two looks
LONGEST = 10.0  # seconds that a transaction may take between its change and its commit
CHANGED = select(Conversation.id, Conversation.changed).where(
    Conversation.changed > bindparam("since")
)
logger = logging.getLogger(__name__)


class MissedRings:
    def __init__(self, database: Database, *, round: float = ROUND) -> None:
        self._database = database
        self._round = round
        self._rung: dict[str, float] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(self._round)
            try:
                await self.look()
            except (SQLAlchemyError, OSError) as error:
                logger.warning("cannot look for missed rings: %s", type(error).__name__)

    async def look(self) -> None:
        """Each change rings once more here, whether or not its own ring was heard."""
        async with self._database.read() as session:
            # asked for apart: PostgreSQL uses no index beside a clock that runs
            present = await session.scalar(select(now()))
            since = (present or 0.0) - self._round - LONGEST
            rows = await session.execute(CHANGED, {"since": since})
            changed = {id: moment for id, moment in rows}
        news = [id for id, moment in changed.items() if self._rung.get(id) != moment]
        self._rung = changed
        self._database.bell.ring(f"conversation:{id}" for id in news)
