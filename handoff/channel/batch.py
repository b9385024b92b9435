"""Handing over what one post brought: one that cannot be stored does not stop the others."""

import logging
from collections.abc import Iterable

from fastapi import HTTPException

from handoff.channel.events import Event, NotOffered, Receive

logger = logging.getLogger(__name__)


async def hand_over(events: Iterable[Event], receive: Receive) -> None:
    """When this returns, all are stored or of no use any more; else 503: all must come again."""
    failed = 0
    for event in events:
        try:
            await receive(event)
        except NotOffered:
            pass
        except Exception as error:
            # its name only: a database error quotes what the citizen wrote
            logger.error("%s: an event was not stored: %s", event.channel, type(error).__name__)
            failed += 1
    if failed:
        raise HTTPException(503, "please deliver again")
