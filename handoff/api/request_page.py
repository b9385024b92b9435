"""The page on which who has a request's name and key reads how it stands: states and days only."""

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import Response
from fastapi.templating import Jinja2Templates

from handoff import throttle, tickets
from handoff.db import AWAY, is_away
from handoff.settings import Settings
from handoff.throttle import Guess
from handoff.tickets import Standing
from italian.dates import MONTHS

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
LARGEST_FORM = 4_096  # bytes
SHOWN = 40  # characters of a mistaken name that are shown again
templates = Jinja2Templates(Path(__file__).parents[1] / "web")
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: the form, what is wrong with it, or how the request stands."""

    status: int = 200
    name: str = ""
    problem: str | None = None  # unreadable | mistaken | too_soon | away
    wrong: frozenset[str] = field(default_factory=frozenset)  # fields: name, key
    pause: int = 0  # seconds
    standing: Standing | None = None


class TooSoon(Exception):
    def __init__(self, pause: timedelta) -> None:
        super().__init__(pause)
        self.seconds = math.ceil(pause.total_seconds())


@router.get("/pratica")
async def blank(request: Request) -> Response:
    """Whatever stands in the address is not read: a key does not belong there."""
    return _page(request, View())


@router.post("/pratica")
async def state(request: Request) -> Response:
    """An unknown name and a mistaken key read the same."""
    form = await _form(request)
    if form is None:
        return _page(request, View(status=413, problem="unreadable"))
    written, key = form.get("nome", ""), form.get("codice", "")
    name = tickets.read_name(written)
    may_be = {"name": name is not None, "key": tickets.may_be_key(key)}
    wrong = frozenset(part for part, fits in may_be.items() if not fits)
    if name is None or wrong:
        return _page(request, View(status=422, name=written[:SHOWN].strip(), wrong=wrong))
    return _page(request, await _answer(request, name, key))


async def _answer(request: Request, name: str, key: str) -> View:
    try:
        standing = await _look_up(request, name, key)
    except TooSoon as error:
        return View(status=429, name=name, problem="too_soon", pause=error.seconds)
    except AWAY as error:
        if not is_away(error):
            raise
        return View(status=503, name=name, problem="away")
    if standing is None:
        return View(status=422, name=name, problem="mistaken")
    return View(name=name, standing=standing)


async def _look_up(request: Request, name: str, key: str) -> Standing | None:
    guess = Guess.at_key(name, request.client.host if request.client else "")
    await _count(request, guess)
    async with request.app.state.database.begin() as session:
        ticket = await tickets.with_key(session, name=name, key=key)
        if ticket is None:
            return None
        if request.app.state.settings.limits:
            await throttle.succeed(session, guess)
        clock, today = request.app.state.clock, tickets.day_of(datetime.now(UTC))
        [standing] = await tickets.standings(session, [ticket], clock=clock, today=today)
    return standing


async def _count(request: Request, guess: Guess) -> None:
    """Nothing is counted under SPORTELLO_LIMITS=off."""
    settings: Settings = request.app.state.settings
    if not settings.limits:
        return
    async with request.app.state.database.begin() as session:
        pause = await throttle.count(session, guess)
    if pause is not None:
        raise TooSoon(pause)


async def _form(request: Request) -> dict[str, str] | None:
    """The fields as a browser sends them; None if it is too much, or no text."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return None
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except ValueError:
        return None


def _page(request: Request, view: View) -> Response:
    headers = HEADERS | ({"Retry-After": str(view.pause)} if view.pause else {})
    return templates.TemplateResponse(
        request, "pratica.html", _context(request, view), status_code=view.status, headers=headers
    )


def _context(request: Request, view: View) -> dict[str, Any]:
    knowledge = request.app.state.knowledge
    return {
        "view": view,
        "standing": view.standing,
        "terms": view.standing.terms if view.standing else None,
        "caveat": knowledge.wording("dato_dimostrativo").text,
        "privacy_url": request.app.state.settings.privacy_url,
    }


def _day(value: date | datetime) -> str:
    """26 novembre 2026"""
    day = _in_rome(value)
    number = "1º" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def _iso_day(value: date | datetime) -> str:
    return _in_rome(value).isoformat()


def _in_rome(value: date | datetime) -> date:
    return tickets.day_of(value) if isinstance(value, datetime) else value


templates.env.filters |= {"day": _day, "iso_day": _iso_day}
