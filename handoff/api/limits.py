"""Flood limits of the web chat. An emergency never comes here: see `webchat.send_message`."""

import math
import time

from fastapi import HTTPException, Request
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

MESSAGES = RateLimitItemPerMinute(30)  # of one conversation
SESSIONS = RateLimitItemPerMinute(300)  # from one address: a whole hospital may share one


class Limits:
    """Counted per web process: with n processes up to n times as much passes."""

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
        sentence = state.knowledge.wording("troppi_messaggi").text
        raise HTTPException(429, sentence, headers={"Retry-After": str(pause)})
