"""Versions of the model as rows: one is made at a time, and none is made for ever."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import now
from handoff.tables import Release, present

BEAT = 5.0  # seconds between two signs of life
LOST = 30.0  # seconds of silence after which nobody is at work any more
STOPPED = "Il programma si è fermato prima di finire: avvii di nuovo l'addestramento."
INSTALLATION = "installazione"  # author of what was not trained at this desk


async def begin(session: AsyncSession, *, author: str) -> Release:
    """A version that is being made; the unique index refuses a second one at a time."""
    await fail_abandoned(session)
    release = Release(state="running", running=True, step="export", author=author)
    session.add(release)
    await session.flush()
    await beat(session, release.id, "export")
    return release


async def beat(session: AsyncSession, release_id: int, step: str) -> bool:
    """Still at work. False when the version was given up meanwhile."""
    return await _change(session, release_id, step=step, beat=now())


async def finish(
    session: AsyncSession, release_id: int, *, archive: str, report: dict[str, Any]
) -> bool:
    return await _end(session, release_id, state="ready", archive=archive, report=report)


async def fail(session: AsyncSession, release_id: int, reason: str) -> bool:
    return await _end(session, release_id, state="failed", reason=reason)


async def _end(session: AsyncSession, release_id: int, **values: Any) -> bool:
    return await _change(session, release_id, running=None, ended_at=present(), **values)


async def _change(session: AsyncSession, release_id: int, **values: Any) -> bool:
    result = await session.execute(
        update(Release)
        .where(Release.id == release_id, Release.running.is_(True))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


async def fail_abandoned(session: AsyncSession) -> None:
    """Whoever made it crashed, or its machine went away."""
    await session.execute(
        update(Release)
        .where(Release.running.is_(True), Release.beat < now() - LOST)
        .values(state="failed", running=None, ended_at=present(), reason=STOPPED)
        .execution_options(synchronize_session=False)
    )


async def is_abandoned(session: AsyncSession) -> bool:
    silent = select(Release.id).where(Release.running.is_(True), Release.beat < now() - LOST)
    return await session.scalar(silent.limit(1)) is not None


async def every(session: AsyncSession) -> Sequence[Release]:
    """The newest first."""
    return (await session.scalars(select(Release).order_by(Release.id.desc()))).all()


def live_of(found: Sequence[Release], archive: str | None) -> Release | None:
    """The version that serves now, by the newest archive's name."""
    return next((each for each in found if archive and each.live_as == archive), None)


def previous(found: Sequence[Release], live: Release | None) -> Release | None:
    """The one that served before."""
    served = [each for each in found if each.published_at and each is not live]
    return max(served, key=lambda each: each.published_at or each.created_at, default=None)
