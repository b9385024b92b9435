"""Who may change what the assistant says and learns."""

from typing import Annotated

from fastapi import Depends, HTTPException

from handoff.panel.access import Acting, Known
from handoff.panel.sessions import Entry

ROLES = frozenset({"trainer", "administrator"})
NOT_YOURS = (
    "Questa pagina è per chi cura le risposte dell'assistente. "
    "Se serve anche a Lei, lo chieda all'amministratore."
)


def may_train(entry: Entry) -> bool:
    return entry.operator.role in ROLES


def _refuse_others(entry: Entry) -> Entry:
    if not may_train(entry):
        raise HTTPException(403, NOT_YOURS)
    return entry


def looking(entry: Known) -> Entry:
    """403 for whoever does other work here."""
    return _refuse_others(entry)


def changing(entry: Acting) -> Entry:
    """403 also for what our own page did not send."""
    return _refuse_others(entry)


Looking = Annotated[Entry, Depends(looking)]
Changing = Annotated[Entry, Depends(changing)]
