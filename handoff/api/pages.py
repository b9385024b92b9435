"""The chat's pages and the one-tag widget, under a policy that runs nothing but our files."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse

from handoff.settings import Settings

WEB = Path(__file__).parents[1] / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; "
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-cache",
}
router = APIRouter(include_in_schema=False)


@router.get("/")
async def door() -> RedirectResponse:
    return RedirectResponse("/chat")


@router.get("/chat")
async def chat(request: Request) -> FileResponse:
    """Framed only by ourselves and by the sites in SPORTELLO_FRAME_ANCESTORS."""
    settings: Settings = request.app.state.settings
    ancestors = " ".join(("'self'", *settings.frame_ancestors))
    return _page("chat.html", f"{POLICY}frame-ancestors {ancestors}")


@router.get("/demo")
async def demo() -> FileResponse:
    """A site that carries the widget, to show how little it needs."""
    return _page("demo.html", f"{POLICY}frame-src 'self'; frame-ancestors 'none'")


@router.get("/widget.js")
async def widget() -> FileResponse:
    return FileResponse(
        WEB / "widget.js",
        media_type="text/javascript; charset=utf-8",
        headers={**HEADERS, "Cross-Origin-Resource-Policy": "cross-origin"},
    )


def _page(name: str, policy: str) -> FileResponse:
    return FileResponse(
        WEB / name,
        media_type="text/html; charset=utf-8",
        headers={**HEADERS, "Content-Security-Policy": policy},
    )
