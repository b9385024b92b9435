"""Meta's Graph API for WhatsApp on loopback: one number, its limits, its posts to us."""

import hashlib
import hmac
import json
import queue
import random
import threading
from collections import defaultdict, deque
from datetime import datetime, timedelta, timezone
from typing import Any, Literal, Self

import httpx

from tests.fake_provider import FakeProvider
from tests.loopback import Call, Failed, Fault, Fields

TOKEN = "fake-token-of-whatsapp"
APP_SECRET = "fake-secret-of-the-app"
NUMBER, ACCOUNT = "1122", "3344"
CITIZEN = "IT.1349"
SIGNATURE = "X-Hub-Signature-256"
DAY = timedelta(hours=24)
WINDOW_CLOSED, UNDELIVERABLE, TOO_MANY_TO_ONE = 131047, 131026, 131056
STATES = ("sent", "delivered", "read")
Post = tuple[dict[str, str], bytes]  # headers and body


def refused(code: int, status: int = 400, *, happens: bool = False) -> Fault:
    return Fault(status=status, description=str(code), happens=happens)


class FakeWhatsApp(FakeProvider):
    """One number of ours, and the telephones of citizens.

    With a `webhook_url` it posts by itself what it has to tell; without one, tests find it in
    `posts`. The clock goes `ahead` as they say. A citizen of whom it knows nothing wrote when it
    was started.
    """

    def __init__(self) -> None:
        super().__init__()
        self.signs: list[Fields] = []  # read, typing
        self.media: dict[str, int] = {}  # sizes by id
        self.uploads = 0
        self.apps: list[Fields] = [{"id": "app"}]
        self.webhook_url = ""
        self.posts: list[bytes] = []
        self.answers: list[int] = []  # what our webhook said to them; 0: nobody answered
        self.reaches: Literal["sent", "delivered", "read"] = "read"  # so far messages get
        self.undeliverable: set[str] = set()
        self.shuffles = False  # posts of one message arrive in any order
        self.ahead = timedelta()
        # to one citizen one message in six seconds, but up to 45 at once on credit:
        # https://developers.facebook.com/documentation/business-messaging/whatsapp/throughput
        self.burst, self.pause = 45, timedelta(seconds=6)
        self._heard_at: defaultdict[str, datetime] = defaultdict(lambda: self._started)
        self._sent_at: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._started = self.now
        self._to_post: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._poster = threading.Thread(target=self._keep_posting, daemon=True)
        self._ids = 0

    @property
    def has_told_all(self) -> bool:
        return self.answers.count(200) == len(self.posts)

    @property
    def now(self) -> datetime:
        return datetime.now(timezone.utc) + self.ahead

    def __enter__(self) -> Self:
        super().__enter__()
        self._poster.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._to_post.put(None)
        super().__exit__()
        self._poster.join()

    # What tests do

    def write(self, text: str, *, citizen: str = CITIZEN) -> Post:
        """A citizen writes to us."""
        return self.show({"type": "text", "text": {"body": text}}, citizen=citizen)

    def press(self, payload: str, *, citizen: str = CITIZEN) -> Post:
        """A citizen presses a button, or chooses from a list."""
        reply = {"type": "button_reply", "button_reply": {"id": payload, "title": payload}}
        return self.show({"type": "interactive", "interactive": reply}, citizen=citizen)

    def show(self, content: Fields, *, citizen: str = CITIZEN) -> Post:
        self._heard_at[citizen] = self.now
        self._ids += 1
        said = {"from_user_id": citizen, "id": f"wamid.IN{self._ids}", "timestamp": self._clock()}
        contact = {"profile": {"name": "Ada Melis"}, "user_id": citizen}
        return self._tell({"contacts": [contact], "messages": [said | content]})

    # What we call

    def serve(self, call: Call) -> object:
        if call.headers["Authorization"] != f"Bearer {TOKEN}":
            raise Failed(refused(190, 401))
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

    def sends(self, call: Call) -> bool:
        return call.path.endswith(f"{NUMBER}/messages") and "status" not in call.fields

    def refusal(self, fault: Fault) -> Fields:
        code = int(fault.description) if fault.description.isdigit() else 1
        return {"error": {"message": "refused", "type": "OAuthException", "code": code}}

    def _message(self, fields: Fields) -> Fields:
        if "status" in fields:
            self.signs.append(fields)
            return {"success": True}
        _check(fields)
        citizen = fields.get("recipient") or fields["to"]
        self._check_pace(citizen)
        number = f"wamid.{sum(map(len, self._sent_at.values()))}"
        if code := self._refuses(citizen, fields):
            self._report(number, fields, "failed", errors=[{"code": code, "title": "t"}])
        else:
            self.sent.append(fields)
            self._report_all(number, fields)
        return {"messaging_product": "whatsapp", "messages": [{"id": number}]}

    def _check_pace(self, citizen: str) -> None:
        sent_at, credit = self._sent_at[citizen], self.now - self.burst * self.pause
        if sum(moment > credit for moment in sent_at) >= self.burst:
            raise Failed(refused(TOO_MANY_TO_ONE))
        sent_at.append(self.now)

    def _refuses(self, citizen: str, fields: Fields) -> int:
        """It takes the message all the same, and tells by a status."""
        if citizen in self.undeliverable:
            return UNDELIVERABLE
        late = self.now - self._heard_at[citizen] >= DAY
        return WINDOW_CLOSED if late and fields["type"] != "template" else 0

    # What comes of itself

    def _report_all(self, number: str, fields: Fields) -> None:
        states = list(STATES[: STATES.index(self.reaches) + 1])
        if self.shuffles:
            random.Random(number).shuffle(states)
        for state in states:
            self._report(number, fields, state)

    def _report(self, number: str, fields: Fields, state: str, **more: object) -> None:
        """Of a failure without contacts, as Meta does it."""
        to = fields.get("recipient") or fields["to"]
        status = {
            "id": number,
            "status": state,
            "timestamp": self._clock(),
            "recipient_user_id": to,
            "biz_opaque_callback_data": fields["biz_opaque_callback_data"],
        }
        contacts = {} if state == "failed" else {"contacts": [{"user_id": to}]}
        self._tell({"statuses": [status | more], **contacts})

    def _tell(self, value: Fields) -> Post:
        metadata = {"display_phone_number": "390700000000", "phone_number_id": NUMBER}
        value = {"messaging_product": "whatsapp", "metadata": metadata, **value}
        change = {"field": "messages", "value": value}
        entry = {"id": ACCOUNT, "changes": [change]}
        headers, body = signed({"object": "whatsapp_business_account", "entry": [entry]})
        self.posts.append(body)
        if self.webhook_url:
            self._to_post.put(body)
        return headers, body

    def _keep_posting(self) -> None:
        """One after the other, each until we say 200."""
        with httpx.Client(trust_env=False, timeout=10) as http:
            while (body := self._to_post.get()) is not None:
                if self._post(http, body) != httpx.codes.OK and not self._server.closing.wait(0.2):
                    self._to_post.put(body)

    def _post(self, http: httpx.Client, body: bytes) -> int:
        try:
            answer = http.post(self.webhook_url, content=body, headers=signature(body)).status_code
        except httpx.HTTPError:
            answer = 0
        with self._changed:
            self.answers.append(answer)
            self._changed.notify_all()
        return answer

    def _clock(self) -> str:
        return str(int(self.now.timestamp()))


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


def signed(posted: Any) -> Post:
    body = json.dumps(posted).encode()
    return signature(body), body


def signature(body: bytes) -> dict[str, str]:
    digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {SIGNATURE: f"sha256={digest}"}
