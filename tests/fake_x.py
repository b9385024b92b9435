"""X's API on loopback: direct messages, fifteen in fifteen minutes, and scripted faults."""

import base64
import hashlib
import hmac
import re
import time
from typing import Any
from urllib.parse import unquote

from handoff.channels.x.oauth import Keys, authorization
from tests.fake_provider import FakeProvider
from tests.loopback import DROP, GARBAGE, HANG, Call, Failed, Fault, Fields, Reply

__all__ = ["DROP", "GARBAGE", "HANG", "Fault"]

ACCOUNT = "1111"
CONSUMER_SECRET = "x-consumer-secret-of-x"
KEYS = Keys(
    consumer_key="x-consumer-key-of-x",
    consumer_secret=CONSUMER_SECRET,
    access_token="1111-access-token-of-x",
    access_token_secret="access-token-secret-of-x",
)
BEARER = "Bearer bearer-token-of-x"
WEBHOOK_URL = "https://sportello.example.it/webhooks/x"
WINDOW, PER_WINDOW = 900, 15
PICTURE = b"\xff\xd8\xff\xe0 a picture"
SENDS = re.compile(r"/2/dm_conversations/with/(\d+)/messages")
PROBLEMS = "https://api.x.com/2/problems/"

CLOSED_DOOR = Fault(
    status=403, description="You do not have permission to DM one or more participants."
)
FORBIDDEN = Fault(status=403, description="This operation is not permitted.")
NO_PERMISSION = Fault(status=403, description="oauth1-permissions")
BROKEN = Fault(status=503, description="Service Unavailable")
PAY = Fault(status=402, description="CreditsDepleted")


class FakeX(FakeProvider):
    """X's API, with what it charges for."""

    def __init__(self) -> None:
        super().__init__()
        self.webhooks: list[Fields] = [{"id": "1", "url": WEBHOOK_URL, "valid": True}]
        self.subscriptions: list[Fields] = [
            {"event_type": "dm.received", "filter": {"user_id": ACCOUNT}, "webhook_id": "1"}
        ]
        self.account = ACCOUNT
        self.uploads: list[bytes] = []  # the whole bodies, in their parts
        self.resets_at = int(time.time()) + WINDOW

    @property
    def paths(self) -> list[str]:
        return [call.path for call in self.calls]

    def sends(self, call: Call) -> bool:
        return SENDS.fullmatch(call.path) is not None

    def refusal(self, fault: Fault) -> Fields:
        """A problem as RFC 7807 words it."""
        kind = fault.description.lower().replace(" ", "-")
        return {
            "title": fault.description,
            "detail": fault.description,
            "type": PROBLEMS + kind,
            "status": fault.status,
        }

    def serve(self, call: Call) -> object:
        given = call.headers["Authorization"]
        app_only = call.path in ("/2/webhooks", "/2/activity/subscriptions")
        if given != (BEARER if app_only else self._expected(call)):
            raise Failed(Fault(status=401, description="Unauthorized"))
        if to := SENDS.fullmatch(call.path):
            return self._send(to[1], call.fields)
        if call.path == "/2/media/upload":
            self.uploads.append(call.raw)
            return {"data": {"id": f"90{len(self.uploads)}", "media_key": "3_90"}}
        if call.path.startswith("/1.1/ton/data/dm/"):
            return Reply(body=PICTURE, headers={"Content-Type": "image/jpeg"})
        return self._tell(call.path)

    def _tell(self, path: str) -> Fields:
        match path:
            case "/2/users/me":
                return {"data": {"id": self.account, "name": "Ospedale", "username": "ospedale"}}
            case "/2/webhooks":
                return {"data": self.webhooks, "meta": {"result_count": len(self.webhooks)}}
            case "/2/activity/subscriptions":
                return {"data": self.subscriptions}
        raise Failed(Fault(status=404, description="Not Found"))

    def _send(self, to: str, fields: Fields) -> Reply:
        text = fields.get("text", "")
        media = [each["media_id"] for each in fields.get("attachments", ())]
        known = {f"90{number}" for number, _ in enumerate(self.uploads, 1)}
        if not (text or media) or len(text) > 10_000 or len(media) > 1 or set(media) - known:
            raise Failed(Fault(status=400, description="Invalid Request"))
        if len(self.sent) >= PER_WINDOW:
            body = {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}
            return Reply(body=body, status=429, headers=self._limits())
        self.sent.append({"to": to, **fields})
        data = {"dm_conversation_id": f"{ACCOUNT}-{to}", "dm_event_id": str(len(self.sent))}
        return Reply(body={"data": data}, status=201, headers=self._limits())

    def _limits(self) -> dict[str, str]:
        return {
            "x-rate-limit-limit": str(PER_WINDOW),
            "x-rate-limit-remaining": str(PER_WINDOW - len(self.sent)),
            "x-rate-limit-reset": str(self.resets_at),
        }

    def _expected(self, call: Call) -> str:
        """The header again, with the caller's nonce and time; its making has a test of its own."""
        given = dict(re.findall(r'(\w+)="([^"]*)"', call.headers["Authorization"] or ""))
        return authorization(
            KEYS,
            call.method,
            self.url + call.path,
            nonce=unquote(given.get("oauth_nonce", "")) or "none",
            timestamp=int(given.get("oauth_timestamp", 0)),
        )


def signed(body: bytes, secret: str = CONSUMER_SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {"x-twitter-webhooks-signature": "sha256=" + base64.b64encode(digest).decode()}


def received(*messages: Fields, kind: str = "dm.received") -> dict[str, Any]:
    payload = {"direct_message_events": messages, "users": {"2222": {"data": {"name": "Ada"}}}}
    event = {"event_uuid": "7", "filter": {"user_id": ACCOUNT}, "event_type": kind}
    return {"data": {**event, "payload": payload}}


def message(
    text: str, *, number: int = 1, sender: str = "2222", recipient: str = ACCOUNT
) -> Fields:
    return {
        "type": "message_create",
        "id": str(number),
        "created_timestamp": str(int(time.time() * 1000)),
        "message_create": {
            "target": {"recipient_id": recipient},
            "sender_id": sender,
            "message_data": {"text": text},
        },
    }
