"""The legal clock: by when a request is started and answered, and until when it is reviewed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from handoff.knowledge.files import read
from handoff.knowledge.holidays import BadCalendar, Closures, holiday
from handoff.knowledge.hours import ROME
from handoff.tables import Ticket

STEPS = ("start", "answer", "review")
LONGEST = 3660  # days
LAST_SECOND = time(23, 59, 59)
SATURDAY = 5
OFFICE = "urp"  # whose closures stop the clock, as a desk of data/directory/desks.yml
Stage = Literal["waiting", "late_start", "started", "late_answer", "answered", "over"]


@dataclass(frozen=True, slots=True)
class Term:
    days: int
    working: bool = False
    sample: bool = False  # not confirmed by the hospital yet


@dataclass(frozen=True, slots=True)
class Terms:
    """The days of one request, in Rome; `review_by` is None as long as nobody has answered."""

    start_by: date
    answer_by: date
    started_on: date | None = None
    answered_on: date | None = None
    review_by: date | None = None
    answer_is_sample: bool = False
    ended: bool = False

    def stage(self, today: date) -> Stage:
        if self.ended:
            return "answered" if self.review_by and today <= self.review_by else "over"
        if today > self.answer_by:
            return "late_answer"
        if self.started_on:
            return "started"
        return "late_start" if today > self.start_by else "waiting"

    def due_on(self) -> date:
        """The next day that binds the office."""
        return self.answer_by if self.started_on else self.start_by


@dataclass(frozen=True, slots=True)
class Clock:
    terms: Mapping[str, Mapping[str, Term]]  # kind of request → step → term
    closures: Closures = field(default_factory=Closures)

    @classmethod
    def load(cls, data: Path) -> Self:
        """Read `calendar/terms.yml` below `data`; no file, no terms."""
        file = data / "calendar" / "terms.yml"
        kinds = (read(file) if file.is_file() else None) or {}
        if not isinstance(kinds, dict):
            raise BadCalendar("terms.yml: expected kinds of requests with their terms")
        terms = {str(kind): _terms(str(kind), written) for kind, written in kinds.items()}
        return cls(terms, Closures.load(data))

    def of(self, ticket: Ticket) -> Terms | None:
        """The terms of a ticket; None when the law sets none for its kind."""
        if (terms := self.terms.get(ticket.kind)) is None:
            return None
        opened, answered = day_of(ticket.opened_at), _answered_on(ticket)
        return Terms(
            start_by=self.after(opened, terms["start"]),
            answer_by=self.after(opened, terms["answer"]),
            started_on=day_of(ticket.taken_at) if ticket.taken_at else None,
            answered_on=answered,
            review_by=self.after(answered, terms["review"]) if answered else None,
            answer_is_sample=terms["answer"].sample,
            ended=ticket.state == "closed",
        )

    def after(self, day: date, term: Term) -> date:
        """The last day of a term; the day it counts from is not one of it (art. 2963 c.c.)."""
        if not term.working:
            return day + timedelta(days=term.days)
        left = term.days
        while left:
            day += timedelta(days=1)
            left -= self.is_working(day)
        return day

    def is_working(self, day: date) -> bool:
        return not (day.weekday() >= SATURDAY or holiday(day) or self.closures.reason(OFFICE, day))


def day_of(moment: datetime) -> date:
    return moment.astimezone(ROME).date()


def end_of(day: date) -> datetime:
    """Its last second on Rome's clock, be the day 23, 24 or 25 hours long."""
    return datetime.combine(day, LAST_SECOND, tzinfo=ROME)


def _answered_on(ticket: Ticket) -> date | None:
    """An answer is what stands when the request is closed; "I am looking into it" is none."""
    if ticket.state != "closed" or ticket.replied_at is None or ticket.closed_at is None:
        return None
    return day_of(ticket.closed_at)


def _terms(kind: str, written: Any) -> dict[str, Term]:
    if not isinstance(written, dict):
        raise BadCalendar(f"terms.yml: {kind}: expected {', '.join(STEPS)}")
    return {step: _term(f"terms.yml: {kind}: {step}", written.get(step)) for step in STEPS}


def _term(where: str, written: Any) -> Term:
    if not isinstance(written, dict) or type(written.get("days")) is not int:
        raise BadCalendar(f"{where} needs `days`, a whole number")
    if unknown := written.keys() - {"days", "working", "sample"}:
        raise BadCalendar(f"{where} does not know {', '.join(sorted(map(str, unknown)))}")
    if not 0 < written["days"] <= LONGEST:
        raise BadCalendar(f"{where}: days must be from 1 to {LONGEST}")
    return Term(written["days"], bool(written.get("working")), bool(written.get("sample")))
