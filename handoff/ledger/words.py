"""What does not balance, in words for whoever has to answer for it."""

from dataclasses import asdict
from typing import Any

from handoff.ledger.fates import FATES
from handoff.ledger.lines import Fault, Line
from handoff.ledger.messages import OUT

WORDS = {  # kind of a fault: of one, of several
    "not_stored": (
        "1 messaggio fu ricevuto e non è più in archivio",
        "{} messaggi furono ricevuti e non sono più in archivio",
    ),
    "uncounted": (
        "1 messaggio è in archivio ma non fu contato all'arrivo",
        "{} messaggi sono in archivio ma non furono contati all'arrivo",
    ),
    "without_job": (
        "1 messaggio è in archivio ma non è in lavorazione: nessuno risponderà",
        "{} messaggi sono in archivio ma non sono in lavorazione: nessuno risponderà",
    ),
    "without_message": (
        "1 messaggio in lavorazione non ha più il suo testo",
        "{} messaggi in lavorazione non hanno più il loro testo",
    ),
    "unanswered": (
        "1 messaggio fu chiuso senza risposta e senza richiesta",
        "{} messaggi furono chiusi senza risposta e senza richiesta",
    ),
    "stuck": (
        "1 messaggio attende l'assistente da più di 5 minuti e nessuno ci lavora",
        "{} messaggi attendono l'assistente da più di 5 minuti e nessuno ci lavora",
    ),
    "sequence": (
        "in 1 conversazione mancano dei numeri: qualcosa fu cancellato",
        "in {} conversazioni mancano dei numeri: qualcosa fu cancellato",
    ),
    "provider": (
        "1 numero del fornitore non ci è mai arrivato",
        "{} numeri del fornitore non ci sono mai arrivati",
    ),
    "unsent": (
        "1 messaggio scritto non fu mai messo in partenza",
        "{} messaggi scritti non furono mai messi in partenza",
    ),
}


def told(fault: Fault) -> str:
    """A sentence without its stop; the ids stand apart."""
    one, several = WORDS[fault.kind]
    return one if fault.number == 1 else several.format(fault.number)


def as_json(line: Line) -> dict[str, Any]:
    """For the panel's page and for programs; every fate and state has a number."""
    return {
        "channel": line.channel,
        "day": line.day.isoformat(),
        "taken": line.taken,
        "received": line.received,
        "fates": {name: line.fates[name] for name in FATES},
        "missing": line.missing,
        "written": line.written,
        "out": {name: line.out[name] for name in OUT},
        "series": [{**asdict(each), "missing": each.missing} for each in line.series],
        "balances": line.balances,
        "faults": [{**asdict(fault), "told": told(fault)} for fault in line.faults],
    }
