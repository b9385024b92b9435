"""The service's internal API and the action server, on free loopback ports."""

import json
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "a-token-only-for-these-tests-0123456789"
CARDIOLOGY = {
    "id": "cardiologia",
    "name": "Cardiologia",
    "site": "policlinico",
    "site_name": "Policlinico",
    "phone": "070 000001",
    "email": "cardiologia@ospedale.example",
    "floor": "piano 2",
    "hours": "8-13",
    "score": 95,
    "sample": True,
}
SURGERY = [
    {**CARDIOLOGY, "id": f"chirurgia-{kind}", "name": f"Chirurgia {kind}"}
    for kind in ("generale", "vascolare")
]
ORTHOPAEDICS = {**CARDIOLOGY, "id": "ortopedia", "name": "Ortopedia e Traumatologia"}
TICKET = {
    "name": "URP-26-7K3Q",
    "state": "taken",
    "kind": "reclamo",
    "opened_at": "2026-11-20T10:00:00+00:00",
    "closed_at": None,
}
KEY = "7K3QA-B4CD-EFGH"


class Internal(BaseHTTPRequestHandler):
    """Answers as the service does; a conversation named "owner…" has a request of its own."""

    broken = False

    def do_GET(self) -> None:
        url = urlparse(self.path)
        asked = parse_qs(url.query).get("q", [""])[0].lower()
        if url.path.startswith("/api/internal/wards/"):
            self._one_ward(url.path.rsplit("/", 1)[1])
        elif "cardi" in asked:
            self._send({"wards": [CARDIOLOGY], "sure": True})
        elif "ortop" in asked:
            self._send({"wards": [ORTHOPAEDICS], "sure": True})
        elif "chirurgia" in asked:
            self._send({"wards": SURGERY, "sure": False})
        else:
            self._send({"wards": [], "sure": False})

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        own = question["conversation_id"].startswith("owner")
        known = question.get("name") == TICKET["name"] and question.get("key") == KEY
        mine = own and question.get("name") in (None, TICKET["name"])
        self._send({"tickets": [TICKET] if mine or known else []})

    def _one_ward(self, ward_id: str) -> None:
        wards = {ward["id"]: ward for ward in (CARDIOLOGY, ORTHOPAEDICS, *SURGERY)}
        self._send(wards.get(ward_id, {}), status=200 if ward_id in wards else 404)

    def _send(self, content: dict[str, Any], *, status: int = 200) -> None:
        allowed = self.headers["Authorization"] == f"Bearer {TOKEN}"
        self.send_response(503 if type(self).broken else status if allowed else 401)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def internal_api() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Internal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def action_server(handoff: str, *, log: Path) -> Iterator[str]:
    port = free_port()
    environment = {
        **os.environ,
        "SPORTELLO_ACTIONS_PORT": str(port),
        "SPORTELLO_HANDOFF_URL": handoff,
        "SPORTELLO_INTERNAL_TOKEN": TOKEN,
    }
    python = ROOT / ".venv" / "bin" / "python"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [python, "-m", "actions"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/health", process)
            yield f"http://127.0.0.1:{port}/webhook"
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
