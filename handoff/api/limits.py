"""Flood limits of the web chat. An emergency never comes here: see `webchat.send_message`."""

import math
import time

from fastapi import HTTPException, Request
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

MESSAGES = RateLimitItemPerMinute(30)  # of one conversation
SESSIONS = RateLimitItemPerMinute(300)  # from one address: a whole hospital may share one
TOO_MANY = (
    "Ha scritto molti messaggi in poco tempo: aspetti un momento e riprovi. "
    "Se è un'emergenza chiami subito il 112."
)


class Limits:
    """Counted per web process: with n processes up to n times as much passes."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def count(self, item: RateLimitItemPerMinute, who: str) -> None:
        """429 with the time to wait, in whole seconds, when it is too much."""
        if await self._limiter.hit(item, who):
            return
        resets_at = (await self._limiter.get_window_stats(item, who)).reset_time
        pause = max(1, math.ceil(resets_at - time.time()))
        raise HTTPException(429, TOO_MANY, headers={"Retry-After": str(pause)})


async def count(request: Request, item: RateLimitItemPerMinute, who: str) -> None:
    """Nothing is counted under SPORTELLO_LIMITS=off."""
    state = request.app.state
    if not state.settings.limits:
        return
    if not hasattr(state, "limits"):
        state.limits = Limits()
    await state.limits.count(item, f"{item.amount}:{who}")
