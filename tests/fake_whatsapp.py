"""Meta's Graph API for WhatsApp on loopback: one number, scripted faults, signed posts."""

import hashlib
import hmac
import json
from collections import deque
from typing import Any, Self

from tests.loopback import Call, Failed, Fault, Fields, Loopback

TOKEN = "fake-token-of-whatsapp"
APP_SECRET = "fake-secret-of-the-app"
NUMBER, ACCOUNT = "1122", "3344"
SIGNATURE = "X-Hub-Signature-256"


def refused(code: int, status: int = 400, *, happens: bool = False) -> Fault:
    return Fault(status=status, description=str(code), happens=happens)


class FakeWhatsApp:
    """Set `fail` before a call; look at `sent` after it."""

    def __init__(self) -> None:
        self.sent: list[Fields] = []
        self.signs: list[Fields] = []  # read, typing
        self.media: dict[str, int] = {}  # sizes by id
        self.uploads = 0
        self.apps: list[Fields] = [{"id": "app"}]
        self._faults: deque[Fault | None] = deque()
        self._server = Loopback(self._answer, refusal)

    @property
    def url(self) -> str:
        return self._server.url

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def fail(self, *faults: Fault | None) -> None:
        """How the next calls end, one after the other; None: well."""
        self._faults.extend(faults)

    def _answer(self, call: Call) -> object:
        if call.headers["Authorization"] != f"Bearer {TOKEN}":
            raise Failed(refused(190, 401))
        fault = self._faults.popleft() if self._faults else None
        answer = self._do(call) if fault is None or fault.happens else None
        if fault is not None:
            raise Failed(fault)
        return answer

    def _do(self, call: Call) -> object:
        what = call.path.split("/", 2)[2]
        if what == f"{NUMBER}/messages":
            return self._message(call.fields)
        if what == f"{NUMBER}/media":
            self.uploads += 1
            return {"id": f"media-{self.uploads}"}
        if what == f"{ACCOUNT}/subscribed_apps":
            return {"data": self.apps}
        if what == NUMBER:
            return {"id": NUMBER}
        if what in self.media:
            url = f"{self.url}{call.path.rsplit('/', 1)[0]}/download/{what}"
            size = self.media[what]
            return {"id": what, "url": url, "mime_type": "image/jpeg", "file_size": size}
        if what.startswith("download/"):
            return "bytes"
        raise Failed(refused(100, 404))

    def _message(self, fields: Fields) -> Fields:
        if "status" in fields:
            self.signs.append(fields)
            return {"success": True}
        _check(fields)
        self.sent.append(fields)
        return {"messaging_product": "whatsapp", "messages": [{"id": f"wamid.{len(self.sent)}"}]}


def _check(fields: Fields) -> None:
    """What WhatsApp refuses to send."""
    pressed = fields.get("interactive", {})
    titles = [b["reply"]["title"] for b in pressed.get("action", {}).get("buttons", [])]
    if (
        len(fields.get("text", {}).get("body", "x")) not in range(1, 4097)
        or len(pressed.get("body", {}).get("text", "x")) not in range(1, 1025)
        or len(titles) > 3
        or any(len(title) > 20 for title in titles)
        or len(fields["biz_opaque_callback_data"]) > 512
    ):
        raise Failed(refused(131009))


def refusal(fault: Fault) -> Fields:
    code = int(fault.description) if fault.description.isdigit() else 1
    return {"error": {"message": "refused", "type": "OAuthException", "code": code}}


def signed(posted: Any) -> tuple[dict[str, str], bytes]:
    body = json.dumps(posted).encode()
    digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {SIGNATURE: f"sha256={digest}"}, body
