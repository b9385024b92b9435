"""The part of the service that actions ask, on loopback: the directory, states of requests."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

from tests.ending import NOTICED

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
    "visits": "13-14",
    "sample": True,
}
SURGERY = [
    {**CARDIOLOGY, "id": f"chirurgia-{kind}", "name": f"Chirurgia {kind}"}
    for kind in ("generale", "vascolare")
]
ORTHOPAEDICS = {
    **CARDIOLOGY,
    "id": "ortopedia",
    "name": "Ortopedia e Traumatologia",
    "visits": "",
    "sample": False,
}
COLONOSCOPY = {
    "id": "colonscopia",
    "name": "Colonscopia",
    "preparation": "Serve una dieta nei giorni prima.",
    "wards": [{"id": "cardiologia", "name": "Cardiologia"}],
    "sample": True,
}
ULTRASOUNDS = [
    {**COLONOSCOPY, "id": f"ecografia_{kind}", "name": f"Ecografia {kind}"}
    for kind in ("addome", "tiroide", "vescica", "seno", "spalla", "anca")
]
CISTOSCOPY = {**COLONOSCOPY, "id": "cistoscopia", "name": "Cistoscopia", "wards": []}
DOCTOR = {
    "id": "dario-inventati",
    "name": "Dott. Dario Inventati",
    "sites": ["Policlinico", "San Giovanni di Dio"],
    "sample": True,
    "ward": CARDIOLOGY,
}
NAMESAKES = [
    {**DOCTOR, "id": f"{first.lower()}-fittizi", "name": f"Dott. {first} Fittizi"}
    for first in ("Carla", "Gemmo")
]
KNOWN = {
    "wards": (CARDIOLOGY, ORTHOPAEDICS, *SURGERY),
    "exams": (COLONOSCOPY, *ULTRASOUNDS, CISTOSCOPY),
    "doctors": (DOCTOR, *NAMESAKES),
}
MEANT = {  # what a word in the question finds, and whether surely
    "wards": {
        "cardi": ([CARDIOLOGY], True),
        "ortop": ([ORTHOPAEDICS], True),
        "chirurgia": (SURGERY, False),
    },
    "exams": {
        "colons": ([COLONOSCOPY], True),
        "ecogr": (ULTRASOUNDS, False),
        "artroscopia": ([CISTOSCOPY], False),  # resembles it
    },
    "doctors": {"inventati": ([DOCTOR], True), "fittizi": (NAMESAKES, False)},
}
SWITCHBOARDS = [
    {"site_name": "Policlinico", "phone": "070 000100", "sample": True},
    {"site_name": "San Giovanni di Dio", "phone": "070 000200", "sample": True},
]
DESKS = [
    {
        "id": desk_id,
        "name": name,
        "site_name": site,
        "sample": sample,
        "now": "Adesso è aperto, fino alle 13.",
        "day": None,
        "week": "lunedì-venerdì 8–13",
    }
    for desk_id, name, site, sample in (
        ("cup_policlinico", "CUP", "Policlinico", True),
        ("cup_san_giovanni", "CUP", "San Giovanni di Dio", True),
        ("cup_telefono", "CUP telefonico", "", False),
    )
]
TICKET = {
    "name": "URP-26-7K3Q",
    "state": "taken",
    "kind": "reclamo",
    "opened_at": "2026-11-20T10:00:00+00:00",
    "closed_at": None,
    "changeable": True,
    "stage": "started",
    "start_by": "2026-11-24",
    "answer_by": "2026-12-20",
    "answered_on": None,
    "review_by": None,
    "caveat": "(Dato dimostrativo, da confermare.)",
}
KEY = "7K3QA-B4CD-EFGH"


class Internal(BaseHTTPRequestHandler):
    """Answers as the service does; a conversation named "owner…" has a request of its own."""

    disable_nagle_algorithm = True  # head and body are two writes: 40 ms between them

    broken = False

    def do_GET(self) -> None:
        url = urlparse(self.path)
        asked = parse_qs(url.query).get("q", [""])[0].lower()
        kind, _, record = url.path.removeprefix("/api/internal/").partition("/")
        if kind == "desks":
            self._desks(url.path, asked)
        elif kind == "switchboards":
            self._send({kind: SWITCHBOARDS})
        elif record:
            self._one(kind, record)
        else:
            found, sure = next(
                (meant for word, meant in MEANT[kind].items() if word in asked), ([], False)
            )
            self._send({kind: found, "sure": sure})

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        own = question["conversation_id"].startswith("owner")
        known = question.get("name") == TICKET["name"] and question.get("key") == KEY
        mine = own and question.get("name") in (None, TICKET["name"])
        found = [TICKET | {"changeable": own}] if mine or known else []
        self._send({"tickets": found})

    def _desks(self, path: str, asked: str) -> None:
        if not path.endswith("/desks"):
            found = next((each for each in DESKS if path.endswith(f"/{each['id']}")), None)
            self._send(found or {}, status=200 if found else 404)
            return
        named = [each for each in DESKS if str(each["name"]).lower().split()[-1] in asked]
        domani = "Domani, sabato 28 novembre, è chiuso." if "domani" in asked else None
        several = DESKS if "sportelli" in asked else named
        self._send({"desks": [{**each, "day": domani} for each in several]})

    def _one(self, kind: str, record: str) -> None:
        found = next((each for each in KNOWN[kind] if each["id"] == record), None)
        self._send(found or {}, status=200 if found else 404)

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
    threading.Thread(target=server.serve_forever, args=(NOTICED,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
