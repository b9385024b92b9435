"""How what runs is ended: asked first, and not waited for for ever."""

import asyncio
import os
import threading
from collections.abc import Collection

CLEAN_UP = 1.0  # seconds for what is cancelled
GRACE = 4.0  # seconds, after those for what runs: leases are given back well before


async def end(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel them; what does not end for that is left to itself."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=CLEAN_UP)


def gone_within(seconds: float) -> None:
    """End the process by then: a library's thread that hangs must not keep it.

    What is not committed is repeated.
    """
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True  # a process that ends by itself does not wait for it
    timer.start()
