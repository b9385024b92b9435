"""The panel's ledger, for those who answer for the office: its API and its page."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from handoff.ledger import KEPT, LedgerWatch, as_json
from handoff.panel.access import PRIVATE, Known, entered
from handoff.panel.pages import HEADERS, templates
from handoff.panel.sessions import Entry

ROLES = frozenset({"manager", "administrator"})
NOT_YOURS = (
    "Questa pagina è per chi risponde dell'ufficio. "
    "Se serve anche a Lei, lo chieda all'amministratore."
)
TITLE = "Quadratura"
router = APIRouter()


def answering_for_the_office(entry: Known) -> Entry:
    """403 for whoever does other work here."""
    if entry.operator.role not in ROLES:
        raise HTTPException(403, NOT_YOURS)
    return entry


Answerable = Annotated[Entry, Depends(answering_for_the_office)]


@router.get("/api/panel/ledger")
async def lines(
    request: Request,
    response: Response,
    _: Answerable,
    days: Annotated[int, Query(ge=1, le=KEPT)] = 7,
) -> dict[str, Any]:
    response.headers.update(PRIVATE)
    ledger: LedgerWatch = request.app.state.ledger
    return {
        "silent": {name: heard.isoformat() for name, heard in ledger.silent.items()},
        "lines": [as_json(line) for line in await ledger.lines(days=days)],
    }


@router.get("/panel/quadratura")
async def page(request: Request) -> Response:
    entry = await entered(request)
    if entry is None:
        return RedirectResponse("/panel/login?poi=quadratura", 303, headers=HEADERS)
    if entry.operator.role not in ROLES:
        context = {"title": TITLE, "why": NOT_YOURS}
        return templates.TemplateResponse(
            request, "not_yours.html", context, status_code=403, headers=HEADERS
        )
    return templates.TemplateResponse(request, "ledger.html", headers=HEADERS)
