"""The legal clock on chosen days: weekends, Easter, holidays, year's end, changes of the clock."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from handoff.knowledge.holidays import BadCalendar, Closures
from handoff.settings import ROOT
from handoff.tables import Ticket
from handoff.tickets import Clock, day_of, end_of
from handoff.tickets.clock import Term

CLOCK = Clock.load(ROOT / "data")


def moment(text: str) -> datetime:
    """In UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def complaint(opened: str, *, state: str = "open", **moments: str) -> Ticket:
    told = {name: moment(text) for name, text in moments.items()}
    return Ticket(kind="reclamo", state=state, opened_at=moment(opened), **told)


@pytest.mark.parametrize(
    ("opened", "start_by"),
    [
        ("2026-11-23T10:00", "2026-11-25"),  # a Monday
        ("2026-11-26T10:00", "2026-11-30"),  # Thursday: Friday, Monday
        ("2026-11-28T10:00", "2026-12-01"),  # a Saturday: Monday, Tuesday
        ("2026-12-04T10:00", "2026-12-09"),  # Tuesday 8 is the Immacolata
        ("2026-12-23T10:00", "2026-12-28"),  # 25 and 26 are holidays, then a Sunday
        ("2026-12-30T10:00", "2027-01-04"),  # over the year's end
        ("2027-01-05T10:00", "2027-01-08"),  # Epiphany
        ("2027-03-25T10:00", "2027-03-30"),  # Easter Monday is 29 March 2027
        ("2027-04-23T10:00", "2027-04-27"),  # 25 April is a Sunday
        ("2028-04-24T10:00", "2028-04-27"),  # 25 April is a Tuesday
        ("2026-10-29T10:00", "2026-11-03"),  # San Saturnino, patron of Cagliari: Friday 30 October
    ],
)
def test_an_inquiry_starts_within_two_working_days(opened: str, start_by: str) -> None:
    terms = CLOCK.of(complaint(opened))
    assert terms
    assert terms.start_by == date.fromisoformat(start_by)


@pytest.mark.parametrize(
    ("opened", "answer_by"),
    [
        ("2026-11-26T10:00", "2026-12-26"),
        ("2026-12-10T10:00", "2027-01-09"),
        ("2028-01-30T10:00", "2028-02-29"),  # a leap year
        ("2027-03-01T10:00", "2027-03-31"),  # the clock goes forward on the 28th
        ("2026-10-01T10:00", "2026-10-31"),  # and back on the 25th
    ],
)
def test_an_answer_comes_within_thirty_days_of_the_calendar(opened: str, answer_by: str) -> None:
    terms = CLOCK.of(complaint(opened))
    assert terms
    assert terms.answer_by == date.fromisoformat(answer_by)


@pytest.mark.parametrize(
    ("opened", "day"),
    [
        ("2026-11-25T22:59", "2026-11-25"),
        ("2026-11-25T23:00", "2026-11-26"),  # midnight in Rome in winter
        ("2026-06-25T22:00", "2026-06-26"),  # and in summer
        ("2026-12-31T23:30", "2027-01-01"),
    ],
)
def test_a_request_belongs_to_the_day_in_rome(opened: str, day: str) -> None:
    assert day_of(moment(opened)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        ("2026-10-24", "2026-10-24T21:59:59"),
        ("2026-10-25", "2026-10-25T22:59:59"),  # 25 hours long
        ("2027-03-27", "2027-03-27T22:59:59"),
        ("2027-03-28", "2027-03-28T21:59:59"),  # 23 hours long
    ],
)
def test_a_term_ends_with_the_last_second_of_its_day(day: str, utc: str) -> None:
    assert end_of(date.fromisoformat(day)) == moment(utc)


def test_a_closure_of_the_office_is_no_working_day_and_of_another_desk_it_is() -> None:
    days = {("", date(2026, 11, 24)): "sciopero", ("urp", date(2026, 11, 25)): "trasloco"}
    elsewhere = {("cup_policlinico", date(2026, 11, 24)): "lavori"}
    start = Term(2, working=True)
    assert Clock({}, Closures(days)).after(date(2026, 11, 23), start) == date(2026, 11, 27)
    assert Clock({}, Closures(elsewhere)).after(date(2026, 11, 23), start) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("ticket", "today", "stage", "due_on"),
    [
        (complaint("2026-11-23T10:00"), "2026-11-25", "waiting", "2026-11-25"),
        (complaint("2026-11-23T10:00"), "2026-11-26", "late_start", "2026-11-25"),
        (complaint("2026-11-23T10:00"), "2026-12-24", "late_answer", "2026-11-25"),
        (
            complaint("2026-11-23T10:00", state="taken", taken_at="2026-11-24T08:00"),
            "2026-12-23",
            "started",
            "2026-12-23",
        ),
        (
            complaint("2026-11-23T10:00", state="taken", taken_at="2026-11-24T08:00"),
            "2026-12-24",
            "late_answer",
            "2026-12-23",
        ),
    ],
)
def test_where_an_open_complaint_stands(
    ticket: Ticket, today: str, stage: str, due_on: str
) -> None:
    terms = CLOCK.of(ticket)
    assert terms
    assert terms.stage(date.fromisoformat(today)) == stage
    assert terms.due_on() == date.fromisoformat(due_on)
    assert terms.review_by is None


@pytest.mark.parametrize(("today", "stage"), [("2027-01-14", "answered"), ("2027-01-15", "over")])
def test_the_answer_opens_thirty_days_for_a_review(today: str, stage: str) -> None:
    terms = CLOCK.of(
        complaint(
            "2026-11-23T10:00",
            state="closed",
            taken_at="2026-11-24T08:00",
            replied_at="2026-11-24T08:05",  # "I am looking into it" is no answer yet
            closed_at="2026-12-15T08:00",
        )
    )
    assert terms
    assert (terms.answered_on, terms.review_by) == (date(2026, 12, 15), date(2027, 1, 14))
    assert terms.stage(date.fromisoformat(today)) == stage


def test_a_complaint_closed_without_a_word_was_not_answered() -> None:
    terms = CLOCK.of(complaint("2026-11-23T10:00", state="closed", closed_at="2026-11-24T08:00"))
    assert terms
    assert (terms.answered_on, terms.review_by) == (None, None)
    assert terms.stage(date(2026, 11, 24)) == "over"


def test_other_requests_have_no_legal_terms() -> None:
    ticket = Ticket(kind="persona", state="open", opened_at=moment("2026-11-23T10:00"))
    assert CLOCK.of(ticket) is None


def test_the_thirty_days_of_the_answer_are_told_as_sample_data() -> None:
    terms = CLOCK.of(complaint("2026-11-23T10:00"))
    assert terms
    assert terms.answer_is_sample


def test_without_a_file_there_are_no_terms(tmp_path: Path) -> None:
    assert Clock.load(tmp_path).of(complaint("2026-11-23T10:00")) is None


GOOD = "{start: {days: 2}, answer: {days: 30}, review: {days: 30}}"


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("[1, 2]", "expected kinds"),
        ("reclamo: 30", "reclamo: expected"),
        ("reclamo: {start: {days: 2}, answer: {days: 30}}", "reclamo: review needs"),
        (f"reclamo: {GOOD}".replace("2", "due"), "reclamo: start needs"),
        (f"reclamo: {GOOD}".replace("2", "true"), "reclamo: start needs"),
        (f"reclamo: {GOOD}".replace("2", "0"), "reclamo: start: days must be"),
        (f"reclamo: {GOOD}".replace("2", "2, wroking: true"), "does not know wroking"),
    ],
)
def test_a_mistaken_term_is_named(tmp_path: Path, written: str, named: str) -> None:
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar" / "terms.yml").write_text(written, encoding="utf-8")
    with pytest.raises(BadCalendar, match=named):
        Clock.load(tmp_path)


def test_the_terms_of_another_hospital_are_its_own(tmp_path: Path) -> None:
    (tmp_path / "calendar").mkdir()
    written = f"reclamo: {GOOD}".replace("{days: 2}", "{days: 3}")
    (tmp_path / "calendar" / "terms.yml").write_text(written, encoding="utf-8")
    terms = Clock.load(tmp_path).of(complaint("2026-11-27T10:00"))
    assert terms
    assert terms.start_by == date(2026, 11, 30)
