"""Logging in and out, and who one is."""

import math
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from sqlalchemy import select

from handoff import throttle
from handoff.db import Database
from handoff.panel import access, bodies, passwords, sessions
from handoff.panel.access import PRIVATE, Acting, Known
from handoff.panel.bodies import Login
from handoff.panel.sessions import Entry
from handoff.tables import Operator
from handoff.throttle import Guess

WRONG = "Indirizzo e-mail o password non corretti."
TOO_SOON = "Troppi tentativi: aspetti {seconds} secondi e riprovi."
BUSY = "Troppi accessi nello stesso momento: riprovi tra poco."
router = APIRouter(prefix="/api/panel")


@router.post("/login", dependencies=[Depends(access.refuse_other_sites)])
async def log_in(
    request: Request, response: Response, given: Annotated[Login, Depends(bodies.login)]
) -> dict[str, Any]:
    """An unknown, a retired and a mistaken operator read the same, after the same time."""
    state, email = request.app.state, given.email.lower()
    guess = Guess.of(email, request.client.host if request.client else "")
    await _count(state.database, guess)
    operator = await _operator(state.database, email)
    try:
        right = await passwords.fits(given.password, operator.password_hash if operator else None)
    except passwords.Busy as busy:
        raise HTTPException(503, BUSY, headers={"Retry-After": "5"}) from busy
    if not right or operator is None:
        raise HTTPException(401, WRONG)
    return await _enter(request, response, operator, guess)


async def _count(database: Database, guess: Guess) -> None:
    async with database.begin() as session:
        pause = await throttle.count(session, guess)
    if pause is not None:
        seconds = str(math.ceil(pause.total_seconds()))
        raise HTTPException(
            429, TOO_SOON.format(seconds=seconds), headers={"Retry-After": seconds}
        )


async def _operator(database: Database, email: str) -> Operator | None:
    async with database.read() as session:
        found: Operator | None = await session.scalar(
            select(Operator).where(Operator.email == email, Operator.active)
        )
    return found


async def _enter(
    request: Request, response: Response, operator: Operator, guess: Guess
) -> dict[str, Any]:
    """Always by a new session: one that was planted before is ended."""
    settings = request.app.state.settings
    old = request.cookies.get(access.cookie_name(settings), "")
    async with request.app.state.database.begin() as session:
        await throttle.succeed(session, guess)
        await sessions.end(session, sessions.hashed(old))
        token, entry = sessions.open_session(session, operator)
    access.set_cookie(response, settings, token)
    return _who(response, entry)


@router.get("/me")
async def who_am_i(response: Response, entry: Known) -> dict[str, Any]:
    return _who(response, entry)


@router.post("/logout", status_code=204)
async def log_out(request: Request, response: Response, entry: Acting) -> None:
    async with request.app.state.database.begin() as session:
        await sessions.end(session, entry.token_hash)
    access.drop_cookie(response, request.app.state.settings)


def _who(response: Response, entry: Entry) -> dict[str, Any]:
    operator = entry.operator
    response.headers.update(PRIVATE)
    return {
        "operator": {
            "id": operator.id,
            "email": operator.email,
            "name": operator.name,
            "role": operator.role,
        },
        "csrf": entry.csrf,
    }
