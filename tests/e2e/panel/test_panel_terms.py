"""Legal terms on the panel: what a complaint's mark says, and what stands in its details."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.panel.people import DeskPage

pytestmark = pytest.mark.e2e
NOW = "2026-12-24T09:00:00Z"
TERMS = {"stage": "late_answer", "start_by": "2026-11-25", "answer_by": "2026-12-23"}
COMPLAINT = {
    "messages": [],
    "name": "URP-26-7K3Q",
    "kind": "reclamo",
    "channel": "webchat",
    "reason": "modulo",
    "state": "taken",
    "priority": 3,
    "opened_at": "2026-11-23T10:00:00Z",
    "due_at": "2026-12-23T22:59:59Z",
    "replied_at": None,
    "awaits_reply": False,
    "terms": TERMS,
    "others": [],
    "events": [
        {"kind": "detail", "text": "Era il 12", "created_at": "2026-11-24T10:00:00Z"},
        {"kind": "withdrawn", "text": None, "created_at": "2026-11-25T10:00:00Z"},
    ],
}
LIVE = COMPLAINT | {"kind": "persona", "terms": None}
REPLIED = {"replied_at": "2026-11-24T10:00:00Z"}


@pytest.mark.parametrize(
    ("ticket", "word"),
    [
        (COMPLAINT, "In ritardo"),
        (COMPLAINT | REPLIED, "In ritardo"),  # a first word is no answer yet
        (COMPLAINT | {"due_at": "2026-12-30T22:59:59Z"}, "In scadenza"),
        (COMPLAINT | REPLIED | {"due_at": "2027-01-30T22:59:59Z"}, "In tempo"),
        (
            COMPLAINT | REPLIED | {"due_at": "2027-01-30T22:59:59Z", "awaits_reply": True},
            "Attende risposta",
        ),
        (COMPLAINT | {"state": "closed"}, "Chiusa"),
        (LIVE, "In ritardo"),
        (LIVE | REPLIED, "Risposto"),
    ],
)
def test_the_mark_of_a_request(carla: DeskPage, ticket: dict[str, Any], word: str) -> None:
    said = carla.page.evaluate(
        """async ([ticket, now]) => {
          const { term } = await import("/static/panel/js/times.js");
          return term(ticket, Date.parse(now)).word;
        }""",
        [ticket, NOW],
    )
    assert said == word


def test_the_details_tell_the_terms_and_what_the_citizen_did(carla: DeskPage) -> None:
    carla.page.evaluate(
        """async (ticket) => {
          const { drawDetails } = await import("/static/panel/js/details.js");
          drawDetails(ticket, { id: "x" });
        }""",
        COMPLAINT,
    )
    details = carla.page.locator("#details-body")
    expect(details).to_contain_text("Termini del reclamo")
    expect(details).to_contain_text("entro il 25 nov 2026")
    expect(details).to_contain_text("entro il 23 dic 2026 · in ritardo")
    expect(details).to_contain_text("Dettaglio aggiunto dal cittadino: Era il 12")
    expect(details).to_contain_text("Ritirata dal cittadino")
