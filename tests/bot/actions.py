"""An action server on loopback: fills the form, answers a look-up, or fails as it is told."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.ending import NOTICED

FREE = {"reclamo_cosa", "reclamo_dove"}


class ActionServer:
    """Set `fault` to broken | hang | nothing."""

    def __init__(self) -> None:
        self.fault: str | None = None
        self.asked: list[dict[str, Any]] = []
        self.request_ids: list[str | None] = []
        self.called, self.unhang = threading.Event(), threading.Event()
        self.meanwhile: Callable[[], None] | None = None  # done once, while the bot waits
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(NOTICED,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/webhook"

    def __enter__(self) -> "ActionServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.unhang.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(call)
        self.called.set()
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        if self.fault == "hang":
            self.unhang.wait(60)
        if self.fault == "broken":
            return 500, {"error": "the action failed"}
        if self.fault == "nothing":
            return 200, {"events": [], "responses": []}
        return 200, ACTIONS[call["next_action"]](call["tracker"])

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True  # head and body are two writes: 40 ms between them

            def do_POST(self) -> None:
                server.request_ids.append(self.headers["X-Request-Id"])
                call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, body = server.answer(call)
                raw = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def find_ward(tracker: dict[str, Any]) -> dict[str, Any]:
    return {
        "events": [],
        "responses": [{"custom": {"say": "reparto", "with": {"nome": "Ortopedia"}}}],
    }


def fill_form(tracker: dict[str, Any]) -> dict[str, Any]:
    """Free text is the value; a question that has its own topic is not for the form."""
    slot, message = tracker["slots"]["requested_slot"], tracker["latest_message"]
    if slot not in FREE or message["intent"]["name"] != "compila":
        return {"events": [], "responses": []}
    return {"events": [{"event": "slot", "name": slot, "value": message["text"]}], "responses": []}


ACTIONS = {"action_reparto": find_ward, "validate_reclamo_form": fill_form}
