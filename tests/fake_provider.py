"""What fakes of providers share: they are started, told how calls end, called and waited for."""

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Self

from tests.loopback import Call, Failed, Fault, Fields, Loopback, Reply


class FakeProvider(ABC):
    """Say how calls are to `fail` before them; look at `calls` and `sent` after them."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.sent: list[Fields] = []  # what citizens see
        self._ends: deque[Fault | Reply | None] = deque()
        self._sends_end: deque[Fault | Reply | None] = deque()
        self._changed = threading.Condition(threading.RLock())
        self._server = Loopback(self._answer, self.refusal)

    @property
    def url(self) -> str:
        return self._server.url

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def fail(self, *ends: Fault | Reply | None) -> None:
        """How the next calls end, one after the other; None: well."""
        self._ends.extend(ends)

    def fail_sends(self, *ends: Fault | Reply | None) -> None:
        """The same, of calls that bring a message: a look at the channel's health uses up none."""
        self._sends_end.extend(ends)

    def wait_until(self, condition: Callable[[], object], *, seconds: float = 20) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, seconds), f"not within {seconds} s"

    @abstractmethod
    def serve(self, call: Call) -> object:
        """The result of a call; raises Failed."""

    @abstractmethod
    def sends(self, call: Call) -> bool:
        """Whether the call brings a message for a citizen."""

    @abstractmethod
    def refusal(self, fault: Fault) -> Fields:
        """In the provider's words."""

    def _answer(self, call: Call) -> object:
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()
            end = self._end(call)
            if isinstance(end, Reply):
                return end
            result = self.serve(call) if end is None or end.happens else None
            self._changed.notify_all()
        if end is not None:
            raise Failed(end)
        return result

    def _end(self, call: Call) -> Fault | Reply | None:
        if self._sends_end and self.sends(call):
            return self._sends_end.popleft()
        return self._ends.popleft() if self._ends else None
