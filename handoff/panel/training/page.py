"""The trainers' page."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from handoff.panel.access import entered
from handoff.panel.pages import HEADERS, templates
from handoff.panel.training.access import NOT_YOURS, may_train

router = APIRouter(prefix="/panel")


@router.get("/formazione")
async def desk(request: Request) -> Response:
    entry = await entered(request)
    if entry is None:
        return RedirectResponse("/panel/login?poi=formazione", 303, headers=HEADERS)
    if not may_train(entry):
        context = {"title": "Formazione", "why": NOT_YOURS}
        return templates.TemplateResponse(
            request, "not_yours.html", context, status_code=403, headers=HEADERS
        )
    return templates.TemplateResponse(request, "training.html", headers=HEADERS)
