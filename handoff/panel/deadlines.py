"""By when a request should be seen to, and the terms that the law sets for it."""

from datetime import datetime, timedelta
from typing import Any

from handoff.tables import Ticket
from handoff.tickets import Clock, day_of, end_of

AT_ONCE = timedelta(minutes=2)
IN_THE_CHAT = timedelta(minutes=8)  # the office's average of 2021, from opening to closing
A_MONTH = timedelta(days=30)  # data requests: GDPR, art. 12.3
TERMS = {
    "emergenza": AT_ONCE,
    "crisi": AT_ONCE,
    "persona": IN_THE_CHAT,
    "guasto": IN_THE_CHAT,
    "reclamo": A_MONTH,  # where the clock does not say
    "elogio": A_MONTH,
    "suggerimento": A_MONTH,
    "rimborso": A_MONTH,
    "cartella": A_MONTH,  # what the topic's answer promises
    "oggetti": timedelta(days=2),  # afterwards a thing is hard to find
    "dati": A_MONTH,
    "consegna": timedelta(days=1),
    "posta": A_MONTH,  # L. 241/1990, art. 2: where no other term is set
    "contatto": timedelta(days=2),  # somebody promised to call back
}


def due_at(ticket: Ticket, clock: Clock) -> datetime:
    """Of a complaint the end of the day in Rome: to start it, afterwards to answer it."""
    if terms := clock.of(ticket):
        return end_of(terms.due_on())
    return ticket.opened_at + TERMS.get(ticket.kind, A_MONTH)


def terms_of(ticket: Ticket, clock: Clock, now: datetime) -> dict[str, Any] | None:
    """The legal days and where the request stands among them; None without legal terms."""
    if (terms := clock.of(ticket)) is None:
        return None
    return {
        "stage": terms.stage(day_of(now)),
        "start_by": terms.start_by.isoformat(),
        "answer_by": terms.answer_by.isoformat(),
        "review_by": terms.review_by.isoformat() if terms.review_by else None,
    }
