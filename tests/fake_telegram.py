"""Telegram's Bot API on loopback: chats, updates that stay until confirmed, scripted faults."""

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from tests.loopback import DROP, GARBAGE, HANG, Call, Failed, Fault, Fields, Loopback

__all__ = ["DROP", "GARBAGE", "HANG", "Fault"]

TOKEN = "123456:fake-token"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
BOT = {"id": 123456, "is_bot": True, "first_name": "Sportello", "username": "sportello_bot"}
OTHER_POLLER = "Conflict: terminated by other getUpdates request"
WEBHOOK_IS_SET = "Conflict: can't use getUpdates method while webhook is active"

BROKEN = Fault(status=502, description="Bad Gateway")
BLOCKED = Fault(status=403, description="Forbidden: bot was blocked by the user")
UNKNOWN_CHAT = Fault(status=400, description="Bad Request: chat not found")
UNAUTHORIZED = Fault(status=401, description="Unauthorized")


def flood(seconds: int) -> Fault:
    return Fault(
        status=429, description=f"Too Many Requests: retry after {seconds}", retry_after=seconds
    )


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
        self._server = Loopback(self._answer, refusal)
        self._deliverer = threading.Thread(target=self._deliver, daemon=True)

    @property
    def api_url(self) -> str:
        """As SPORTELLO_TELEGRAM_API_URL wants it: the token is appended."""
        return f"{self._server.url}/bot"

    def __enter__(self) -> Self:
        self._server.__enter__()
        self._deliverer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._change(lambda: setattr(self, "_is_closed", True))
        self._server.__exit__()
        self._deliverer.join()

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

    def _answer(self, call: Call) -> object:
        if call.path.startswith(f"/file/bot{TOKEN}/"):
            return self._file(call.path.rpartition("/")[2])
        token, _, method = call.path.removeprefix("/bot").partition("/")
        if token != TOKEN:
            raise Failed(UNAUTHORIZED)
        return {"ok": True, "result": self.answer(method, call.fields)}

    def answer(self, method: str, fields: Fields) -> object:
        """The result of a call; raises Failed."""
        self._change(lambda: self.calls.append((method, fields)))
        fault = self._faults[method].popleft() if self._faults[method] else None
        call = getattr(self, f"_call_{method}", None)
        if call is None:
            raise Failed(Fault(status=404, description="Not Found"))
        result = call(fields) if fault is None or fault.happens else None
        if fault is not None:
            raise Failed(fault)
        return result

    def _call_getMe(self, _fields: Fields) -> Fields:
        return BOT

    def _call_getFile(self, fields: Fields) -> Fields:
        return {"file_id": fields["file_id"], "file_unique_id": "u", "file_path": "photos/1.jpg"}

    def _file(self, name: str) -> str:
        """What a citizen sent, as JSON: the server here answers with nothing else."""
        if name != "1.jpg":
            raise Failed(Fault(status=404, description="Not Found"))
        return "x" * 1000

    def _call_sendChatAction(self, _fields: Fields) -> bool:
        return True

    def _call_getWebhookInfo(self, _fields: Fields) -> Fields:
        url = self.webhook.url if self.webhook else ""
        waiting = len(self.pending)
        return {"url": url, "has_custom_certificate": False, "pending_update_count": waiting}

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

    def _call_sendDocument(self, fields: Fields) -> Fields:
        if not fields.get("document"):
            why = "Bad Request: there is no document in the request"
            raise Failed(Fault(status=400, description=why))
        document = {"file_id": "BQAC", "file_unique_id": "u", "file_name": "a.pdf"}
        message = self._message(int(fields["chat_id"]), document=document)
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
                raise Failed(Fault(status=409, description=why))
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
        with self._changed:
            self._last_message += 1
            number = self._last_message
        return {
            "message_id": number,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "Ada"},
            "from": _citizen(chat),
            **content,
        }

    def _change(self, change: Callable[[], None]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()


def refusal(fault: Fault) -> Fields:
    body = {"ok": False, "error_code": fault.status, "description": fault.description}
    return body | ({"parameters": {"retry_after": fault.retry_after}} if fault.retry_after else {})


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
            raise Failed(Fault(status=400, description=f"Bad Request: {why}"))
