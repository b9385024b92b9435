"""Meta's messaging platform on loopback: the Send API, its windows, the files, the posts to us."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.fake_provider import FakeProvider
from tests.loopback import DROP, GARBAGE, HANG, Call, Failed, Fault, Fields, Reply

__all__ = ["DROP", "GARBAGE", "HANG", "Fault", "Reply"]

SIGNATURE = "X-Hub-Signature-256"
DAY = timedelta(hours=24)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Rules:
    """How the two platforms differ."""

    object: str
    account: str  # as posts name it
    node: str  # as the Send API names it
    token: str
    secret: str
    longest: int
    encoding: str  # in whose units a text is measured
    unit: int  # bytes of one of them


MESSENGER = Rules(
    object="page",
    account="1001",
    node="1001",
    token="fake-page-token-of-meta",
    secret="fake-app-secret-of-meta",
    longest=2000,
    encoding="utf-32-le",
    unit=4,
)
INSTAGRAM = Rules(
    object="instagram",
    account="2002",
    node="2002",
    token="fake-profile-token-of-meta",
    secret="fake-app-secret-of-meta",
    longest=1000,
    encoding="utf-8",
    unit=1,
)


def refused(code: int, subcode: int = 0, *, status: int = 400, happens: bool = False) -> Fault:
    return Fault(status=status, description=f"{code}/{subcode}", happens=happens)


UNAUTHORIZED = refused(190, status=401)
BROKEN = refused(2, status=500)


class FakeMeta(FakeProvider):
    """Meta's platform, under one of its two sets of rules.

    Time stands still until a test moves `now`.
    """

    def __init__(self, rules: Rules) -> None:
        super().__init__()
        self.rules = rules
        self.now = datetime.now(timezone.utc)
        self.posts: list[bytes] = []  # what is to be posted to us
        self.files: dict[str, object] = {}  # by path
        self.apps: list[Fields] = [
            {"id": "77", "subscribed_fields": ["messages", "messaging_postbacks"]}
        ]
        self.uploads: list[bytes] = []  # the whole bodies, in their parts
        self._heard_at: dict[str, datetime] = {}
        self._mids = 0

    @property
    def api_url(self) -> str:
        return self.url

    # What tests do

    def write(self, text: str, *, citizen: str = "4242") -> bytes:
        """A citizen writes to us: the post that tells of it."""
        self._heard_at[citizen] = self.now
        return self._post(citizen, {"message": {"mid": self._mid(), "text": text}})

    def operator_writes(self, text: str, *, citizen: str = "4242") -> bytes:
        """A person answers in Meta's own inbox."""
        message = {"mid": self._mid(), "text": text, "is_echo": True, "app_id": 263902037430900}
        return self._post(citizen, {"message": message}, own=True)

    # What we call

    def sends(self, call: Call) -> bool:
        return call.path.endswith("/messages") and "message" in call.fields

    def refusal(self, fault: Fault) -> Fields:
        """Faults that `refused` made carry their codes; any other is Meta's own trouble."""
        code, _, subcode = fault.description.partition("/")
        if not code.isdigit():
            code, subcode = "2", "0"
        error = {"message": "(#1) told in words", "type": "OAuthException", "fbtrace_id": "A"}
        return {"error": {**error, "code": int(code), "error_subcode": int(subcode)}}

    def serve(self, call: Call) -> object:
        return self.files[call.path] if call.path in self.files else self._call(call)

    def _call(self, call: Call) -> Fields:
        if call.headers.get("Authorization") != f"Bearer {self.rules.token}":
            raise Failed(UNAUTHORIZED)
        _, version, node, edge = call.path.split("/")
        if not version.startswith("v") or node != self.rules.node:
            raise Failed(refused(100, 33))
        if edge == "subscribed_apps":
            return {"data": self.apps}
        if edge == "message_attachments":
            if self.rules.object == "instagram" and call.fields.get("platform") != "instagram":
                raise Failed(refused(100))  # a page's upload is Messenger's unless it says so
            self.uploads.append(call.raw)
            return {"attachment_id": f"a_{len(self.uploads)}"}
        return self._typing(call.fields) if "sender_action" in call.fields else self._send(call)

    def _typing(self, fields: Fields) -> Fields:
        if "message" in fields:
            raise Failed(refused(100))
        return {"recipient_id": fields["recipient"]["id"]}

    def _send(self, call: Call) -> Fields:
        fields = call.fields
        citizen = fields["recipient"]["id"]
        self._check(fields)
        self._check_window(citizen, fields.get("tag"))
        mid = self._mid()
        self.sent.append(fields)
        self._tell(citizen, mid, fields["message"])
        return {"recipient_id": citizen, "message_id": mid}

    def _check(self, fields: Fields) -> None:
        """What Meta refuses to send."""
        message, tag = fields["message"], fields.get("tag")
        text = message.get("text", "")
        units = len(text.encode(self.rules.encoding)) // self.rules.unit
        attached = message.get("attachment", {}).get("payload", {}).get("attachment_id")
        is_there = attached in {f"a_{number}" for number, _ in enumerate(self.uploads, 1)}
        replies = message.get("quick_replies", [])
        if (
            not (is_there and not text if attached else 0 < units <= self.rules.longest)
            or tag not in (None, "HUMAN_AGENT")
            or (tag and (replies or fields.get("messaging_type") != "MESSAGE_TAG"))
            or len(replies) > 13
            or any(len(reply["title"]) > 20 for reply in replies)
            or len(message.get("metadata", "")) > 1000
        ):
            raise Failed(refused(100))

    def _check_window(self, citizen: str, tag: str | None) -> None:
        heard_at = self._heard_at.get(citizen)
        if heard_at is None:
            raise Failed(refused(100, 2018001))
        if self.now - heard_at >= (WEEK if tag else DAY):
            raise Failed(refused(10, 2018278))

    # What comes of itself

    def _tell(self, citizen: str, mid: str, message: Fields) -> None:
        """The echo, even before our call has its answer; Messenger tells of the delivery too."""
        said = {key: message[key] for key in ("text", "metadata") if key in message}
        echo = {"mid": mid, "is_echo": True, "app_id": 77, **said}
        self._post(citizen, {"message": echo}, own=True)
        if self.rules.object == "page":
            self._post(citizen, {"delivery": {"mids": [mid], "watermark": self._clock()}})

    def _post(self, citizen: str, content: Fields, *, own: bool = False) -> bytes:
        us, them = {"id": self.rules.account}, {"id": citizen}
        sender, recipient = (us, them) if own else (them, us)
        event = {"sender": sender, "recipient": recipient, "timestamp": self._clock(), **content}
        body = self.body(event)
        self.posts.append(body)
        return body

    def body(self, *events: Any) -> bytes:
        """As Meta writes it: escaped, slashes too."""
        entry = {"id": self.rules.account, "time": self._clock(), "messaging": list(events)}
        post = json.dumps({"object": self.rules.object, "entry": [entry]})
        return post.replace("/", "\\/").encode()

    def sign(self, body: bytes) -> dict[str, str]:
        digest = hmac.new(self.rules.secret.encode(), body, hashlib.sha256).hexdigest()
        return {SIGNATURE: f"sha256={digest}", "Content-Type": "application/json"}

    def _clock(self) -> int:
        return int(self.now.timestamp() * 1000)

    def _mid(self) -> str:
        self._mids += 1
        return f"m_{self._mids}"
