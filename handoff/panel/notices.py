"""The panel's API of notices: what is said first, while it lasts."""

import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from handoff import notices
from handoff.notices import BadNotice
from handoff.panel import bodies
from handoff.panel.access import PRIVATE, Acting, Known
from handoff.panel.bodies import Closing, NewNotice
from handoff.panel.sessions import Entry
from handoff.tables import Notice

MAY_WRITE = frozenset({"manager", "administrator"})
NO_TOPICS = frozenset({"sentence", "command", "safety", "handoff"})  # nothing to be warned of
NOT_ALLOWED = "Gli avvisi li apre e li chiude un responsabile."
UNKNOWN = "Questo avviso non esiste."
NO_TOPIC = "Uno degli argomenti scelti non esiste."
router = APIRouter(prefix="/api/panel/notices")


def _manager(entry: Acting) -> Entry:
    if entry.operator.role not in MAY_WRITE:
        raise HTTPException(403, NOT_ALLOWED)
    return entry


Manager = Annotated[Entry, Depends(_manager)]


def _notice_id(notice_id: str, _: Known) -> str:
    """Not everything that fits into an address fits into a database."""
    if not re.fullmatch("[0-9a-f]{32}", notice_id):
        raise HTTPException(404, UNKNOWN)
    return notice_id


NoticeId = Annotated[str, Depends(_notice_id)]


@router.get("")
async def shelf(request: Request, response: Response, _: Known) -> dict[str, Any]:
    response.headers.update(PRIVATE)
    async with request.app.state.database.read() as session:
        found = await notices.recent(session)
        live = {notice.id for notice in await notices.in_force(session)}
    entries = request.app.state.knowledge.entries
    return {
        "topics": [
            {"id": topic, "title": entry.title}
            for topic, entry in sorted(entries.items(), key=lambda each: each[1].title.lower())
            if entry.kind not in NO_TOPICS
        ],
        "notices": [
            _as_json(notice) | {"reached": reached, "in_force": notice.id in live}
            for notice, reached in found
        ],
    }


@router.post("", status_code=201)
async def publish(
    request: Request, entry: Manager, wanted: Annotated[NewNotice, Depends(bodies.new_notice)]
) -> dict[str, Any]:
    entries = request.app.state.knowledge.entries
    if any(topic not in entries for topic in wanted.topics):
        raise HTTPException(422, NO_TOPIC)
    try:
        async with request.app.state.database.begin() as session:
            notice = await notices.open_notice(
                session,
                text=wanted.text,
                topics=wanted.topics,
                ends_at=wanted.ends_at,
                author=entry.operator.name,
            )
    except BadNotice as bad:
        raise HTTPException(422, str(bad)) from bad
    return _as_json(notice)


@router.post("/{notice_id}/close")
async def close(
    request: Request,
    notice_id: NoticeId,
    entry: Manager,
    wanted: Annotated[Closing, Depends(bodies.closing)],
) -> dict[str, Any]:
    async with request.app.state.database.begin() as session:
        notice = await notices.close_notice(
            session, notice_id, by=entry.operator.name, closing=wanted.text
        )
    if notice is None:
        raise HTTPException(404, UNKNOWN)
    return _as_json(notice)


def _as_json(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id,
        "text": notice.text,
        "topics": notice.topics,
        "author": notice.author,
        "opened_at": notice.opened_at.isoformat(),
        "ends_at": notice.ends_at.isoformat(),
        "closed_at": _iso(notice.closed_at),
        "closing": notice.closing,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
