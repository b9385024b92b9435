"""A provider's API on loopback: answers calls with JSON, or fails as it is told."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

from tests.ending import NOTICED

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    path: str
    headers: Message
    fields: Fields  # of the query, the form or the JSON body
    method: str = "POST"
    raw: bytes = b""  # the body as it came, for signatures


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer that is more than a JSON body with 200."""

    body: object = b""  # bytes as they are, anything else as JSON
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


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
GARBAGE = Fault(manner="garbage", status=502)  # a page of some machine in between


class Failed(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


class Loopback(ThreadingHTTPServer):
    """`answer` gives a call's result or raises Failed; `refusal` words it as the provider does."""

    daemon_threads = True

    def __init__(
        self, answer: Callable[[Call], object], refusal: Callable[[Fault], Fields]
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.refusal = refusal
        self.closing = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(NOTICED,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, *_: object) -> None:
        """A caller that has gone away is no event."""


class _Handler(BaseHTTPRequestHandler):
    disable_nagle_algorithm = True  # head and body are two writes: 40 ms between them
    protocol_version = "HTTP/1.1"
    server: Loopback

    def do_POST(self) -> None:
        try:
            self._send(200, self.server.answer(self._call()))
        except Failed as failed:
            self._fail(failed.fault)

    do_GET = do_POST

    def _call(self) -> Call:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get_content_type() == "application/json":
            fields = json.loads(body)
        elif self.headers.get_content_type() == "multipart/form-data":
            fields = _parts(self.headers["Content-Type"], body)
        else:
            fields = _form(body.decode(errors="replace"))
        return Call(url.path, self.headers, _form(url.query) | fields, self.command, body)

    def _fail(self, fault: Fault) -> None:
        if fault.manner == "hang":
            self.server.closing.wait(60)
        if fault.manner in ("hang", "drop"):
            self.close_connection = True
        elif fault.manner == "garbage":
            self._write(fault.status, b"<html>Bad Gateway</html>")
        else:
            self._send(fault.status, self.server.refusal(fault))

    def _send(self, status: int, body: object) -> None:
        reply = body if isinstance(body, Reply) else Reply(body=body, status=status)
        raw = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self._write(reply.status, raw, reply.headers)

    def _write(self, status: int, raw: bytes, headers: Fields | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        pass


def _parts(content_type: str, body: bytes) -> Fields:
    """Texts by their names, and the names of files."""
    whole = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    found = {}
    for part in whole.get_payload():
        name = part.get_param("name", header="Content-Disposition")
        found[name] = part.get_filename() or part.get_payload(decode=True).decode()
    return found


def _form(text: str) -> Fields:
    return {name: values[0] for name, values in parse_qs(text).items()}
