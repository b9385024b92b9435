"""Asks every channel how it is, and writes down what it says."""

import asyncio
import logging
from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from handoff.channel import Channel
from handoff.db import Database
from handoff.notify import ring
from handoff.tables import ChannelState, present

PAUSE = 180.0  # seconds between two rounds
PATIENCE = 30.0  # seconds for one channel's answer
LONGEST = 500  # characters of a reason
UNANSWERED = "il controllo del canale non ha avuto risposta"
BROKEN = "il controllo del canale non è riuscito"
logger = logging.getLogger(__name__)


class ChannelWatch:
    def __init__(self, database: Database, channels: Mapping[str, Channel]) -> None:
        self._database = database
        self._channels = channels

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(PAUSE)

    async def look(self) -> None:
        """One round; an odd channel stops neither the others nor the rounds to come."""
        names, channels = list(self._channels), self._channels.values()
        troubles = await asyncio.gather(*(trouble_of(channel) for channel in channels))
        for name, trouble in zip(names, troubles, strict=True):
            try:
                await self._note(name, trouble)
            except IntegrityError:
                pass  # another process wrote the first row of this channel just now
            except (SQLAlchemyError, OSError) as error:
                logger.error("cannot note how a channel is: %s", type(error).__name__)

    async def _note(self, name: str, trouble: str | None) -> None:
        async with self._database.begin() as session:
            state = await session.get(ChannelState, name, with_for_update=True)
            if state is None:
                state = ChannelState(channel=name, since=present(), trouble=trouble)
                session.add(state)
            if (state.trouble is None) != (trouble is None):
                state.since = present()
                ring(session, "tickets")
            state.trouble, state.checked_at = trouble, present()


async def trouble_of(channel: Channel) -> str | None:
    """What keeps it from working, in Italian; a channel that breaks over it says so too."""
    try:
        async with asyncio.timeout(PATIENCE):
            trouble = await channel.trouble()
    except TimeoutError:
        return UNANSWERED
    except Exception as error:
        # never its text: it may quote an address or a token
        return f"{BROKEN} ({type(error).__name__})"
    return trouble[:LONGEST] if trouble else None
