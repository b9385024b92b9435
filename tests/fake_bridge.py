"""A partner's gateway on loopback: it checks our signature, knows repeats, fails on command."""

import hashlib
import hmac
import threading
from collections import deque
from collections.abc import Callable
from typing import Self

from tests.loopback import DROP, GARBAGE, HANG, Call, Failed, Fault, Fields, Loopback, Reply

__all__ = ["DROP", "GARBAGE", "HANG", "Fault"]

SECRET = "bridge-secret-of-32-letters-or-more"


class FakeBridge:
    """Set `faults` before a call; look at `calls` and `sent` after it."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.sent: list[Fields] = []  # what citizens see
        self.known: dict[str, str] = {}  # ids by idempotency key
        self.faults: deque[Fault | Reply | None] = deque()  # how the next calls end; None: well
        self._changed = threading.Condition()
        self._server = Loopback(self._answer, lambda fault: {"error": fault.description})

    @property
    def url(self) -> str:
        return f"{self._server.url}/sportello"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def wait_until(self, condition: Callable[[], object], *, seconds: float = 20) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, seconds), f"not within {seconds} s"

    def _answer(self, call: Call) -> object:
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()
        end = self.faults.popleft() if self.faults else None
        if isinstance(end, Reply):
            return end
        answer = self._take(call) if end is None or end.happens else None
        if end is not None:
            raise Failed(end)
        return answer

    def _take(self, call: Call) -> object:
        if not hmac.compare_digest(call.headers["X-Sportello-Signature"] or "", signed(call)):
            return Reply(status=401, body={})
        if call.fields.get("ping"):
            return {}
        key = call.headers["Idempotency-Key"]
        if key not in self.known:
            self.known[key] = f"g-{len(self.known) + 1}"
            with self._changed:
                self.sent.append(call.fields)
                self._changed.notify_all()
        return {"id": self.known[key]}


def signed(call: Call) -> str:
    over = f"{call.headers['X-Sportello-Timestamp']}.".encode() + call.raw
    return "sha256=" + hmac.new(SECRET.encode(), over, hashlib.sha256).hexdigest()
