"""What operators see of a complaint's legal terms."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI

from handoff.panel.deadlines import due_at, terms_of
from handoff.tables import Ticket, present
from handoff.tickets import Clock, end_of
from tests.handoff.desk import Desk, hire
from tests.handoff.requests import opened_by
from tests.handoff.talk import Citizen

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
async def desk(app: FastAPI) -> Desk:
    return await Desk(app).enters(await hire(app.state.database, "elena"))


async def test_a_complaint_is_due_by_its_next_legal_day(
    desk: Desk, app: FastAPI, citizen: Citizen
) -> None:
    await opened_by(citizen, opened_at=MONDAY)
    later = MONDAY + timedelta(seconds=1)  # which of two is first does not depend on chance
    await opened_by(citizen, opened_at=later, taken_at=later)
    waiting, started = (await desk.looks("tickets")).json()["tickets"]
    assert datetime.fromisoformat(waiting["due_at"]) == datetime(
        2026, 11, 25, 22, 59, 59, tzinfo=UTC
    )
    assert datetime.fromisoformat(started["due_at"]) == datetime(
        2026, 12, 23, 22, 59, 59, tzinfo=UTC
    )
    assert (started["terms"]["start_by"], started["terms"]["answer_by"]) == (
        "2026-11-25",
        "2026-12-23",
    )


@pytest.mark.parametrize(
    ("now", "stage"),
    [("2026-11-25T22:59", "waiting"), ("2026-11-25T23:00", "late_start")],
)
def test_a_term_is_over_at_midnight_in_rome(app: FastAPI, now: str, stage: str) -> None:
    clock: Clock = app.state.clock
    ticket = Ticket(kind="reclamo", state="open", opened_at=MONDAY)
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    terms = terms_of(ticket, clock, moment)
    assert terms
    assert terms["stage"] == stage
    assert (moment > due_at(ticket, clock)) is (stage == "late_start")


async def test_other_requests_are_due_as_before_and_have_no_terms(
    desk: Desk, citizen: Citizen
) -> None:
    await citizen.hears("voglio parlare con una persona")
    [card] = (await desk.looks("tickets")).json()["tickets"]
    opened, due = (datetime.fromisoformat(card[name]) for name in ("opened_at", "due_at"))
    assert (due - opened, card["terms"]) == (timedelta(minutes=8), None)


async def test_a_review_stands_with_an_answered_complaint(desk: Desk, citizen: Citizen) -> None:
    done = {"taken_at": MONDAY, "replied_at": MONDAY, "closed_at": present(), "state": "closed"}
    ticket = (await opened_by(citizen, opened_at=MONDAY, **done)).ticket
    seen = (await desk.looks(f"tickets/{ticket.id}")).json()
    assert seen["terms"]["stage"] == "answered"
    assert seen["terms"]["review_by"] > end_of(present().date()).date().isoformat()
