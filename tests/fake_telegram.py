"""Telegram's Bot API on loopback: chats, updates that stay until confirmed, scripted faults."""

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

import httpx

TOKEN = "123456:fake-token"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
BOT = {"id": 123456, "is_bot": True, "first_name": "Sportello", "username": "sportello_bot"}
OTHER_POLLER = "Conflict: terminated by other getUpdates request"
WEBHOOK_IS_SET = "Conflict: can't use getUpdates method while webhook is active"

Fields = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with one call."""

    manner: Literal["refuse", "garbage", "hang", "drop"] = "refuse"
    status: int = 500
    description: str = "Internal Server Error"
    retry_after: int | None = None
    happens: bool = False  # the call has its effect, only the caller never learns of it


HANG = Fault(manner="hang")
DROP = Fault(manner="drop")  # the connection ends after the request was read
BROKEN = Fault(status=502, description="Bad Gateway")
GARBAGE = Fault(manner="garbage", status=502)  # a page of some machine in between
BLOCKED = Fault(status=403, description="Forbidden: bot was blocked by the user")
UNKNOWN_CHAT = Fault(status=400, description="Bad Request: chat not found")
UNAUTHORIZED = Fault(status=401, description="Unauthorized")


def flood(seconds: int) -> Fault:
    return Fault(
        status=429, description=f"Too Many Requests: retry after {seconds}", retry_after=seconds
    )


class Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


@dataclass
class Webhook:
    url: str
    secret: str
    answers: list[int] = field(default_factory=list)  # 0: nobody answered


class FakeTelegram:
    """Set `fail` before a call; look at `calls` and `sent` after it."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Fields]] = []
        self.sent: list[Fields] = []  # what citizens see
        self.pending: list[Fields] = []  # updates that nobody has confirmed
        self.webhook: Webhook | None = None
        self._faults: dict[str, deque[Fault | None]] = defaultdict(deque)
        self._changed = threading.Condition()
        self._last_update = 1000
        self._last_message = 0
        self._poll = 0  # the number of the latest getUpdates
        self._is_closed = False
        self._server = _Server(self)
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True),
            threading.Thread(target=self._deliver, daemon=True),
        ]

    @property
    def api_url(self) -> str:
        """As SPORTELLO_TELEGRAM_API_URL wants it: the token is appended."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/bot"

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._change(lambda: setattr(self, "_is_closed", True))
        self._server.shutdown()
        self._server.server_close()
        self._threads[1].join()

    # What tests do

    def fail(self, method: str, *faults: Fault | None) -> None:
        """How the next calls of this method end, one after the other; None: well."""
        self._faults[method].extend(faults)

    def write(self, text: str, *, chat: int = 42) -> Fields:
        """A citizen writes to us."""
        return self.show({"text": text}, chat=chat)

    def show(self, content: Fields, *, chat: int = 42) -> Fields:
        """A citizen sends us something else: a voice message, a photo."""
        return self.push({"message": self._message(chat, **content)})

    def press(self, payload: str, *, chat: int = 42) -> Fields:
        """A citizen presses a button under the latest message."""
        message = {**self._message(chat), "from": BOT, "message_id": self._last_message}
        query = {"id": f"q{self._last_update}", "from": _citizen(chat), "chat_instance": "1"}
        return self.push({"callback_query": {**query, "message": message, "data": payload}})

    def push(self, content: Fields) -> Fields:
        """Queue an update; one that brings its own `update_id` keeps it, as a repeat does."""
        update = {"update_id": self._last_update + 1, **content}
        self._last_update = max(self._last_update, update["update_id"])
        self._change(lambda: self.pending.append(update))
        return update

    def wait_until(self, condition: Callable[[], object], *, seconds: float = 10) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, seconds), f"not within {seconds} s"

    def called(self, method: str) -> list[Fields]:
        return [fields for name, fields in self.calls if name == method]

    # What the bot calls

    def answer(self, method: str, fields: Fields) -> object:
        """The result of a call; raises Refused."""
        self._change(lambda: self.calls.append((method, fields)))
        fault = self._faults[method].popleft() if self._faults[method] else None
        call = getattr(self, f"_call_{method}", None)
        if call is None:
            raise Refused(Fault(status=404, description="Not Found"))
        result = call(fields) if fault is None or fault.happens else None
        if fault is not None:
            if fault.manner == "hang":
                self.wait_until(lambda: self._is_closed, seconds=60)
            raise Refused(fault)
        return result

    def _call_getMe(self, _fields: Fields) -> Fields:
        return BOT

    def _call_getFile(self, fields: Fields) -> Fields:
        return {"file_id": fields["file_id"], "file_unique_id": "u", "file_path": "photos/1.jpg"}

    def _call_answerCallbackQuery(self, _fields: Fields) -> bool:
        return True

    def _call_setWebhook(self, fields: Fields) -> bool:
        webhook = Webhook(fields["url"], fields.get("secret_token", ""))
        self._change(lambda: setattr(self, "webhook", webhook))
        return True

    def _call_deleteWebhook(self, _fields: Fields) -> bool:
        self._change(lambda: setattr(self, "webhook", None))
        return True

    def _call_sendMessage(self, fields: Fields) -> Fields:
        _check(fields)
        message = self._message(int(fields["chat_id"]), text=fields["text"])
        self._change(lambda: self.sent.append(fields))
        return {**message, "from": BOT}

    def _call_getUpdates(self, fields: Fields) -> list[Fields]:
        """Asking for an offset confirms everything before it; a second poller ends the first."""
        offset, seconds = int(fields.get("offset", 0)), float(fields.get("timeout", 0))
        with self._changed:
            self._poll += 1
            mine = self._poll
            self.pending[:] = [u for u in self.pending if u["update_id"] >= offset]
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._may_poll_end(mine), seconds)
            if self.webhook is not None or self._poll != mine:
                why = OTHER_POLLER if self.webhook is None else WEBHOOK_IS_SET
                raise Refused(Fault(status=409, description=why))
            return self.pending[:100]

    def _may_poll_end(self, poll: int) -> bool:
        return bool(self.pending or self.webhook or self._poll != poll or self._is_closed)

    # What happens by itself

    def _deliver(self) -> None:
        """Post updates to the webhook, one after the other, each until it is accepted."""
        while not self._is_closed:
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed or self._is_due())
                webhook, update = self.webhook, next(iter(self.pending), None)
            if webhook is not None and update is not None and not self._is_closed:
                self._settle(webhook, update, post(webhook, update))

    def _is_due(self) -> bool:
        return bool(self.webhook and self.pending)

    def _settle(self, webhook: Webhook, update: Fields, status: int) -> None:
        with self._changed:
            webhook.answers.append(status)
            if status // 100 == 2:
                self.pending.remove(update)
            self._changed.notify_all()
        if status // 100 != 2:
            time.sleep(0.05)

    def _message(self, chat: int, **content: Any) -> Fields:
        self._last_message += 1
        return {
            "message_id": self._last_message,
            "date": 1_790_000_000,
            "chat": {"id": chat, "type": "private", "first_name": "Ada"},
            "from": _citizen(chat),
            **content,
        }

    def _change(self, change: Callable[[], None]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()


def post(webhook: Webhook, update: Fields) -> int:
    headers = {SECRET_HEADER: webhook.secret}
    try:
        return httpx.post(
            webhook.url, json=update, headers=headers, timeout=10, trust_env=False
        ).status_code
    except httpx.HTTPError:
        return 0


def _citizen(chat: int) -> Fields:
    return {"id": chat, "is_bot": False, "first_name": "Ada", "last_name": "Melis"}


def _check(fields: Fields) -> None:
    """What Telegram refuses to send."""
    keyboard = json.loads(fields.get("reply_markup") or "{}").get("inline_keyboard", [])
    payloads = [button["callback_data"] for row in keyboard for button in row]
    units = len(fields.get("text", "").encode("utf-16-le")) // 2
    for is_wrong, why in (
        (units == 0, "message text is empty"),
        (units > 4096, "message is too long"),
        (any(len(p.encode()) not in range(1, 65) for p in payloads), "BUTTON_DATA_INVALID"),
    ):
        if is_wrong:
            raise Refused(Fault(status=400, description=f"Bad Request: {why}"))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, telegram: FakeTelegram) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.telegram = telegram

    def handle_error(self, *_: object) -> None:
        """A caller that has gone away is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        token, _, method = url.path.removeprefix("/bot").partition("/")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fields = {**_form(url.query), **_fields(self.headers, body)}
        try:
            if token != TOKEN:
                raise Refused(UNAUTHORIZED)
            self._send(200, {"ok": True, "result": self.server.telegram.answer(method, fields)})
        except Refused as refused:
            self._refuse(refused.fault)

    do_GET = do_POST  # the Bot API takes both

    def _refuse(self, fault: Fault) -> None:
        if fault.manner in ("hang", "drop"):
            self.close_connection = True
            return
        if fault.manner == "garbage":
            self._write(fault.status, b"<html>Bad Gateway</html>")
            return
        body = {"ok": False, "error_code": fault.status, "description": fault.description}
        if fault.retry_after:
            body["parameters"] = {"retry_after": fault.retry_after}
        self._send(fault.status, body)

    def _send(self, status: int, body: Fields) -> None:
        self._write(status, json.dumps(body).encode())

    def _write(self, status: int, raw: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        pass


def _fields(headers: Message, body: bytes) -> Fields:
    """python-telegram-bot sends forms, others JSON."""
    if headers.get_content_type() == "application/json":
        parsed: Fields = json.loads(body)
        return parsed
    return _form(body.decode())


def _form(text: str) -> Fields:
    return {name: values[0] for name, values in parse_qs(text).items()}
