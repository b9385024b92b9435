"""By when a request should be seen to."""

from datetime import datetime, timedelta

from handoff.tables import Ticket

AT_ONCE = timedelta(minutes=2)
IN_THE_CHAT = timedelta(minutes=8)  # the office's average of 2021, from opening to closing
BY_REGULATION = timedelta(days=30)  # complaints; data requests have a month (GDPR, art. 12.3)
TERMS = {
    "emergenza": AT_ONCE,
    "crisi": AT_ONCE,
    "persona": IN_THE_CHAT,
    "guasto": IN_THE_CHAT,
    "reclamo": BY_REGULATION,
    "elogio": BY_REGULATION,
    "suggerimento": BY_REGULATION,
    "rimborso": BY_REGULATION,
    "cartella": BY_REGULATION,  # what the topic's answer promises
    "oggetti": timedelta(days=2),  # afterwards a thing is hard to find
    "dati": BY_REGULATION,
    "consegna": timedelta(days=1),
}


def due_at(ticket: Ticket) -> datetime:
    return ticket.opened_at + TERMS.get(ticket.kind, BY_REGULATION)
