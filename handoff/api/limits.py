"""Flood limits of the web chat. An emergency never comes here: see `webchat.send_message`."""

import math
import time
from datetime import timedelta
from typing import NoReturn

from fastapi import HTTPException, Request
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from handoff import conversations
from handoff.db import Database
from handoff.tables import present

MESSAGES = RateLimitItemPerMinute(30)  # of one conversation
SESSIONS = RateLimitItemPerMinute(300)  # from one address: a whole hospital may share one


class Limits:
    """Counted per web process: of sessions, n processes let up to n times as much pass."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def pause(self, item: RateLimitItemPerMinute, who: str) -> int:
        """Whole seconds to wait; 0 when this one may pass."""
        if await self._limiter.hit(item, who):
            return 0
        resets_at = (await self._limiter.get_window_stats(item, who)).reset_time
        return max(1, math.ceil(resets_at - time.time()))


async def count(request: Request, item: RateLimitItemPerMinute, who: str) -> None:
    """429 when it is too much. Nothing is counted under SPORTELLO_LIMITS=off."""
    state = request.app.state
    if not state.settings.limits:
        return
    if not hasattr(state, "limits"):
        state.limits = Limits()
    if pause := await state.limits.pause(item, f"{item.amount}:{who}"):
        _refuse(request, pause)


async def count_message(request: Request, conversation_id: str) -> None:
    """Here, where many may come before one is stored, and with what other processes stored."""
    await count(request, MESSAGES, conversation_id)
    state = request.app.state
    if not (state.settings.limits and state.database.is_shared):
        return
    if pause := await _pause_of_all(state.database, conversation_id):
        _refuse(request, pause)


async def _pause_of_all(database: Database, conversation_id: str) -> int:
    """Seconds until the oldest of the last minute's messages no longer counts; 0 is none."""
    async with database.read() as session:
        said_at = await conversations.heard_last_but(
            session, conversation_id, count=MESSAGES.amount - 1
        )
    if said_at is None:
        return 0
    left = said_at + timedelta(seconds=MESSAGES.get_expiry()) - present()
    return max(0, math.ceil(left.total_seconds()))


def _refuse(request: Request, pause: int) -> NoReturn:
    sentence = request.app.state.knowledge.wording("troppi_messaggi").text
    raise HTTPException(429, sentence, headers={"Retry-After": str(pause)})
