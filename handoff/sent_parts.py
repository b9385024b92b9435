"""The parts of a message, by the ids that a provider gave them, and what became of all of them.

A citizen reads a message when its last part arrived, and misses it when one part failed.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.tables import Attempt, DeliveryReport, Outbox, SentPart

ALIAS = "alias:"  # before an id that answers and reports may name, and that is no part's own
LONGEST = 255  # characters of an id
# of one part: what was delivered cannot fail any more
RANKS = {"sent": 1, "failed": 2, "delivered": 3, "read": 4}
# of all parts: the worst of them tells how the message is
WORST = ("failed", "unknown", "sent", "delivered", "read")


class Fate(NamedTuple):
    """What became of one part, or of a message."""

    state: str
    cause: str | None = None
    reason: str | None = None


async def named(session: AsyncSession, channel: str, external_id: str) -> SentPart | None:
    """What the provider, or an answer to it, calls by this id."""
    found: SentPart | None = await session.scalar(
        select(SentPart).where(
            SentPart.channel == channel,
            SentPart.external_id.in_((external_id, _as_alias(external_id))),
        )
    )
    return found


async def name(session: AsyncSession, outbox: Outbox, external_id: str) -> None:
    """A new id of this message: of a part as long as one has none, else one more for the whole."""
    if await named(session, outbox.channel, external_id) is not None:
        return
    missing = [part for part in await _of(session, outbox) if _is_missing(part, outbox)]
    if missing:
        missing[0].external_id = external_id
    elif outbox.state in WORST:  # an attempt told which parts there are
        _add(session, outbox, _as_alias(external_id))
    else:
        _add(session, outbox, external_id)
    await session.flush()


async def name_alias(session: AsyncSession, outbox: Outbox, external_id: str) -> None:
    if await named(session, outbox.channel, external_id) is None:
        _add(session, outbox, _as_alias(external_id))
        await session.flush()


async def all_left(session: AsyncSession, outbox: Outbox, external_ids: Collection[str]) -> None:
    """These are the parts; what an attempt sent that was not finished counts no longer."""
    for part in await _of(session, outbox):
        if part.external_id not in external_ids and _is_part(part):
            part.external_id = _as_alias(part.external_id)
    for external_id in external_ids:
        if await named(session, outbox.channel, external_id) is None:
            _add(session, outbox, external_id)
    await session.flush()


async def some_missing(session: AsyncSession, outbox: Outbox, *, of: int) -> None:
    """Of `of` parts some have no id, as nobody knows whether they left, or they did not."""
    known = [part for part in await _of(session, outbox) if _is_part(part)]
    for number in range(len(known) + 1, of + 1):
        _add(session, outbox, f"{outbox.message_id}:{number}")
    await session.flush()


async def names_of(session: AsyncSession, outbox: Outbox) -> list[str]:
    """By which ids reports speak of its parts."""
    parts = [part.external_id for part in await _of(session, outbox) if _is_part(part)]
    return parts or [outbox.message_id]


def failure_told_since(moment: datetime) -> ColumnElement[bool]:
    """True of an outbox row whose failure, or that of a part, was reported from then on."""
    told = DeliveryReport.external_id
    names = select(SentPart.external_id).where(SentPart.outbox_id == Outbox.id)
    return (
        select(DeliveryReport.id)
        .where(
            DeliveryReport.channel == Outbox.channel,
            DeliveryReport.state == "failed",
            DeliveryReport.created_at >= moment,
            or_(told == Outbox.message_id, told.in_(names), (ALIAS + told).in_(names)),
        )
        .exists()
    )


async def sum_up(session: AsyncSession, outbox: Outbox) -> None:
    """Write down how the message is, from what was told of its parts.

    The outbox row must be locked. While an attempt lasts, its own end comes first.
    """
    if outbox.state not in WORST:
        return
    names = await _of(session, outbox)
    parts = [part for part in names if _is_part(part)]
    reports = await _reports(session, outbox, names)
    if len(parts) <= 1:  # then whatever is told of the message is told of its part
        fates = [_fate(reports) or await _fate_untold(session, outbox, parts)]
    else:
        fates = [
            _fate(report for report in reports if report.external_id == part.external_id)
            or await _fate_untold(session, outbox, [part])
            for part in parts
        ]
    worst = min(fates, key=lambda fate: WORST.index(fate.state))
    outbox.state, outbox.cause, outbox.reason = worst


def _fate(reports: Iterable[DeliveryReport]) -> Fate | None:
    """The highest that was told, in whatever order; None when nothing was."""
    told = sorted(reports, key=lambda report: RANKS.get(report.state, 0))
    if not told:
        return None
    last = told[-1]
    if last.state == "failed":
        return Fate("failed", last.cause or "refused", last.reason)
    delays = [report.reason for report in told if report.state == "delayed"]
    if last.state in ("sent", "delayed"):
        return Fate("sent", None, delays[0] if delays else None)
    return Fate(last.state)


async def _fate_untold(session: AsyncSession, outbox: Outbox, parts: list[SentPart]) -> Fate:
    """Of what left it is known that the provider took it; of the rest, how the attempt ended."""
    if parts and not _is_missing(parts[0], outbox):
        return Fate("sent")
    ended = await session.execute(
        select(Attempt.result, Attempt.reason)
        .where(Attempt.outbox_id == outbox.id)
        .order_by(Attempt.number.desc())
        .limit(1)
    )
    state, reason = ended.one_or_none() or (None, None)
    if state is None or state == outbox.state:
        return Fate(outbox.state, outbox.cause, outbox.reason)
    return Fate(state, "unknown" if state == "unknown" else "refused", reason)


async def _reports(
    session: AsyncSession, outbox: Outbox, names: Iterable[SentPart]
) -> list[DeliveryReport]:
    ids = [outbox.message_id, *(part.external_id.removeprefix(ALIAS) for part in names)]
    found = await session.scalars(
        select(DeliveryReport)
        .where(DeliveryReport.channel == outbox.channel, DeliveryReport.external_id.in_(ids))
        .order_by(DeliveryReport.id)
    )
    return list(found)


async def _of(session: AsyncSession, outbox: Outbox) -> list[SentPart]:
    found = await session.scalars(
        select(SentPart).where(SentPart.outbox_id == outbox.id).order_by(SentPart.id)
    )
    return list(found)


def _as_alias(external_id: str) -> str:
    return (ALIAS + external_id)[:LONGEST]


def _is_part(name: SentPart) -> bool:
    return not name.external_id.startswith(ALIAS)


def _is_missing(name: SentPart, outbox: Outbox) -> bool:
    return name.external_id.startswith(f"{outbox.message_id}:")


def _add(session: AsyncSession, outbox: Outbox, external_id: str) -> None:
    session.add(SentPart(outbox_id=outbox.id, channel=outbox.channel, external_id=external_id))
