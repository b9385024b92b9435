"""The last resort of a stop: a library's thread that hangs must not keep the process."""

import os
import threading

GRACE = 4.0  # seconds, after those for what runs: leases are given back well before


def gone_within(seconds: float) -> None:
    """End the process by then, whatever still hangs. What is not committed is repeated."""
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True  # a process that ends by itself does not wait for it
    timer.start()
