"""The operators' panel: its API, its pages, and who may enter."""

from fastapi import APIRouter

from handoff.panel import (
    channels,
    contacts,
    elsewhere,
    events,
    files,
    ledger,
    login,
    notices,
    pages,
    resending,
    tickets,
    training,
)

router = APIRouter(include_in_schema=False)
for part in (
    *(login, tickets, files, resending, elsewhere, contacts, channels),
    *(notices, events, ledger, pages, training),
):
    router.include_router(part.router)

__all__ = ["router"]
