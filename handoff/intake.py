"""Counts what comes in, in the transaction that stores it: a crash cannot make them differ."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.channel import Mark
from handoff.db import insert_for
from handoff.tables import Intake, Message, present

ROME = ZoneInfo("Europe/Rome")
MESSAGES = "#"  # begins the series that count what citizens wrote
PLACES = 16  # of them
LARGEST = 2**63  # what a column holds
REMEMBERED = timedelta(days=14)  # so late a number still fills the gap that it left


def _one_more(insert: Callable[[Any], Any]) -> Any:
    first = insert(Intake.__table__).values(
        channel=bindparam("on"),
        series=bindparam("part"),
        day=bindparam("date"),
        taken=1,
        gapless=False,
        gaps=[],
    )
    key = [Intake.channel, Intake.series, Intake.day]
    return first.on_conflict_do_update(index_elements=key, set_={"taken": Intake.taken + 1})


# built once: what each message asks for
ONE_MORE = {"sqlite": _one_more(sqlite.insert), "postgresql": _one_more(postgresql.insert)}


def day_of(moment: datetime) -> date:
    """The office's day."""
    return moment.astimezone(ROME).date()


async def count(session: AsyncSession, message: Message, channel: str) -> None:
    """One more of a citizen's, in one of several rows: each has one writer at a time."""
    place = crc32(message.conversation_id.encode()) % PLACES
    given = {"on": channel, "part": f"{MESSAGES}{place}", "date": day_of(message.created_at)}
    await session.execute(ONE_MORE[session.get_bind().dialect.name], given)


async def note(session: AsyncSession, channel: str, mark: Mark | None) -> None:
    """The provider gave us this number; a second time it changes nothing."""
    if mark is None or not 0 <= mark.number < LARGEST:
        return
    latest, today = await _rows(session, channel, mark)
    last = today.last_sequence
    if last is None or _is_renewed(latest, today, mark):
        today.last_sequence = mark.number
    elif mark.number > last:
        today.last_sequence = mark.number
        today.gaps = [*today.gaps, *_gap(last + 1, mark.number - 1)]
    elif not await _fills_gap(session, latest, mark.number):
        return
    today.taken += 1


async def _rows(session: AsyncSession, channel: str, mark: Mark) -> tuple[Intake, Intake]:
    """The latest of the series, which all lock first, and today's: often the same."""
    day, latest = day_of(present()), await _latest(session, channel, mark.series)
    if latest is not None and latest.day >= day:
        return latest, latest
    first = _insert(
        session,
        channel=channel,
        series=mark.series,
        day=day,
        taken=0,
        gapless=mark.gapless,
        last_sequence=latest.last_sequence if latest else None,  # goes on from there
    )
    await session.execute(first.on_conflict_do_nothing())
    today = await _latest(session, channel, mark.series)
    assert today is not None  # just inserted, or it was there
    return latest or today, today


async def _latest(session: AsyncSession, channel: str, series: str) -> Intake | None:
    found: Intake | None = await session.scalar(
        select(Intake)
        .where(Intake.channel == channel, Intake.series == series)
        .order_by(Intake.day.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


def _is_renewed(latest: Intake, today: Intake, mark: Mark) -> bool:
    return mark.renewed_after is not None and today.day - latest.day >= mark.renewed_after


async def _fills_gap(session: AsyncSession, latest: Intake, number: int) -> bool:
    """Late, but it came: its gap closes. False if it was never missed."""
    rows = await session.scalars(
        select(Intake).where(
            Intake.channel == latest.channel,
            Intake.series == latest.series,
            Intake.day > latest.day - REMEMBERED,
        )
    )
    for row in rows:
        for place, gap in enumerate(row.gaps):
            if gap["from"] <= number <= gap["to"]:
                rest = [*_part(gap, gap["from"], number - 1), *_part(gap, number + 1, gap["to"])]
                row.gaps = [*row.gaps[:place], *rest, *row.gaps[place + 1 :]]
                return True
    return False


def _gap(first: int, last: int) -> list[dict[str, Any]]:
    return _part({"noticed": present().isoformat()}, first, last)


def _part(gap: dict[str, Any], first: int, last: int) -> list[dict[str, Any]]:
    return [{**gap, "from": first, "to": last}] if first <= last else []


def _insert(session: AsyncSession, **values: Any) -> Any:
    return insert_for(session)(Intake).values(**{"gaps": [], "gapless": False, **values})
