"""Opens after some failures in a row; then lets one question through at a time."""

import time
from collections.abc import Callable

FAILURES_TO_OPEN = 5
OPEN_FOR = 5.0  # seconds until one question is let through again


class Breaker:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._closed_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._failures >= FAILURES_TO_OPEN and self._clock() < self._closed_at

    def lets_through(self) -> bool:
        if self._failures < FAILURES_TO_OPEN:
            return True
        if self._clock() < self._closed_at:
            return False
        self._closed_at = self._clock() + OPEN_FOR  # this one question tries it
        return True

    def failed(self) -> None:
        self._failures += 1
        if self._failures >= FAILURES_TO_OPEN:
            self._closed_at = self._clock() + OPEN_FOR

    def succeeded(self) -> None:
        self._failures = 0
