"""The bot's door on loopback, for tests of everything around it."""

import json
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.ending import NOTICED

PERSON = {"kind": "persona", "reason": "richiesta", "topic": None, "fields": {}}
TICKETS = {"parla_con_operatore": PERSON}


class FakeBot:
    """Knows a few words. Set `fault` to hang | refusing | broken | empty | unknown_words."""

    def __init__(self, port: int = 0) -> None:
        self.asked: list[dict[str, Any]] = []
        self.request_ids: list[str | None] = []  # of what it was asked
        self.ranking: list[dict[str, Any]] = []  # what it thought of
        self.replies: list[dict[str, Any]] | None = None  # instead of its own
        self.heard = threading.Condition()
        self.fault: str | None = None
        self.sends_on_to: str | None = None  # a URL: it answers no question itself
        self.delay = 0.0  # seconds
        self.unhang = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(NOTICED,), daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.unhang.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, question: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        with self.heard:
            self.asked.append(question)
            self.heard.notify_all()
        time.sleep(self.delay)
        if self.fault == "hang":
            self.unhang.wait(60)
        if self.fault == "refusing":
            return 422, {"detail": "text is missing or not as it should be."}
        if self.fault == "broken":
            return 500, {"detail": "broken"}
        if self.fault == "empty":
            return 200, {"replies": [], "parse": {}, "decision": "answer"}
        topic = "nessuno_lo_sa" if self.fault == "unknown_words" else topic_of(question)
        answer = by_the_contract(topic)
        answer["parse"]["ranking"] = self.ranking
        answer["replies"] = self.replies or answer["replies"]
        return 200, answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        bot = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True  # head and body are two writes: 40 ms between them
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                bot.request_ids.append(self.headers["X-Request-Id"])
                status, body = bot.answer(json.loads(self.rfile.read(size)))
                self._send(307 if bot.sends_on_to else status, body)

            def do_GET(self) -> None:
                self._send(200, {"model": "fake"})

            def _send(self, status: int, body: dict[str, Any]) -> None:
                raw = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                if bot.sends_on_to:
                    self.send_header("Location", bot.sends_on_to)
                self.end_headers()
                with suppress(BrokenPipeError, ConnectionResetError):  # nobody waits any more
                    self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def topic_of(question: dict[str, Any]) -> str:
    if payload := question.get("payload"):
        return str(payload)
    text = question["text"].lower()
    if "preliev" in text:
        return "prelievi_analisi"
    if "parchegg" in text:
        return "parcheggio"
    if "persona" in text or "operatore" in text:
        return "parla_con_operatore"
    return "scelta" if "forse" in text else "non_capito"


def by_the_contract(topic: str) -> dict[str, Any]:
    values = {"choices": ["parcheggio", "come_arrivare"]} if topic == "scelta" else {}
    ticket = TICKETS.get(topic)
    decision = {"scelta": "offer", "non_capito": "decline"}.get(topic, "answer")
    return {
        "replies": [{"say": topic, "with": values}],
        "parse": {"intent": topic, "confidence": 0.9, "ranking": [], "verdict": decision},
        "decision": "handoff" if ticket else decision,
        "ticket": ticket,
        "model": "fake",
    }
