"""The panel's pages, under a policy that runs nothing but our files."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from handoff.panel.access import entered

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
templates = Jinja2Templates(Path(__file__).parent / "templates")
router = APIRouter(prefix="/panel")


@router.get("")
async def panel(request: Request) -> Response:
    return await _inside(request, "panel.html")


@router.get("/avvisi")
async def notices(request: Request) -> Response:
    return await _inside(request, "notices.html")


@router.get("/canali")
async def channels(request: Request) -> Response:
    return await _inside(request, "channels.html")


@router.get("/login")
async def login(request: Request) -> Response:
    if await entered(request):
        return RedirectResponse("/panel", 303, headers=HEADERS)
    return _page(request, "login.html")


async def _inside(request: Request, name: str) -> Response:
    """The page, or the log-in for strangers."""
    if await entered(request) is None:
        return RedirectResponse("/panel/login", 303, headers=HEADERS)
    return _page(request, name)


def _page(request: Request, name: str) -> Response:
    return templates.TemplateResponse(request, name, headers=HEADERS)
