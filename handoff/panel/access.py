"""Who may call: a session cookie, and for every change its CSRF token from our own page."""

import hmac
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Response

from handoff.db import Database
from handoff.panel import sessions
from handoff.panel.sessions import Entry
from handoff.settings import Settings

PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
LOGGED_OUT = "La sessione è terminata: acceda di nuovo, per favore."
NOT_OURS = "La richiesta non viene da questo pannello: ricarichi la pagina."


def refuse_other_sites(request: Request) -> None:
    """Browsers say where a request comes from; old ones do not, hence the token as well."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, NOT_OURS)


async def entered(request: Request) -> Entry | None:
    """The session of the request's cookie, if it is still good."""
    token = request.cookies.get(cookie_name(request.app.state.settings), "")
    database: Database = request.app.state.database
    async with database.read() as session:
        return await sessions.find(session, sessions.hashed(token))


async def known(request: Request) -> Entry:
    """401 for strangers. What the page asks by itself does not keep a session alive."""
    entry = await entered(request)
    if entry is None:
        raise HTTPException(401, LOGGED_OUT)
    if "x-background" not in request.headers:
        await _touch(request.app.state.database, entry)
    return entry


async def _touch(database: Database, entry: Entry) -> None:
    async with database.read() as session:
        if not await sessions.is_stale(session, entry.token_hash):
            return
    async with database.begin() as session:
        await sessions.touch(session, entry.token_hash)


async def acting(request: Request, entry: Annotated[Entry, Depends(known)]) -> Entry:
    """403 unless our own page sent it."""
    refuse_other_sites(request)
    given = request.headers.get("x-csrf-token", "")
    if not hmac.compare_digest(given.encode(), entry.csrf.encode()):
        raise HTTPException(403, NOT_OURS)
    return entry


def cookie_name(settings: Settings) -> str:
    """`__Host-`: no other host and no other path can set it."""
    return "__Host-sportello" if settings.secure_cookies else "sportello"


def set_cookie(response: Response, settings: Settings, token: str) -> None:
    response.set_cookie(
        cookie_name(settings),
        token,
        path="/",
        httponly=True,
        samesite="strict",
        secure=settings.secure_cookies,
    )


def drop_cookie(response: Response, settings: Settings) -> None:
    response.delete_cookie(
        cookie_name(settings),
        path="/",
        httponly=True,
        samesite="strict",
        secure=settings.secure_cookies,
    )


Known = Annotated[Entry, Depends(known)]
Acting = Annotated[Entry, Depends(acting)]
