"""A partner's gateway on loopback: it checks our signature, knows repeats, fails on command."""

import hashlib
import hmac

from tests.fake_provider import FakeProvider
from tests.loopback import DROP, GARBAGE, HANG, Call, Fault, Fields, Reply

__all__ = ["DROP", "GARBAGE", "HANG", "Fault"]

SECRET = "bridge-secret-of-32-letters-or-more"


class FakeBridge(FakeProvider):
    """A partner's gateway, with what it remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, str] = {}  # ids by idempotency key

    @property
    def url(self) -> str:
        return f"{super().url}/sportello"

    def sends(self, call: Call) -> bool:
        return not call.fields.get("ping")

    def refusal(self, fault: Fault) -> Fields:
        return {"error": fault.description}

    def serve(self, call: Call) -> object:
        if not hmac.compare_digest(call.headers["X-Sportello-Signature"] or "", signed(call)):
            return Reply(status=401, body={})
        if call.fields.get("ping"):
            return {}
        key = call.headers["Idempotency-Key"]
        if key not in self.known:
            self.known[key] = f"g-{len(self.known) + 1}"
            self.sent.append(call.fields)
        return {"id": self.known[key]}


def signed(call: Call) -> str:
    over = f"{call.headers['X-Sportello-Timestamp']}.".encode() + call.raw
    return "sha256=" + hmac.new(SECRET.encode(), over, hashlib.sha256).hexdigest()
