"""A line for each channel and day: what was received, what became of it, what does not balance."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.ledger.days import Span, last_days
from handoff.ledger.fates import NOT_DUE, UNANSWERED, count_fates, with_fate
from handoff.ledger.messages import (
    HEARD,
    UNSENT,
    broken_rows,
    count_messages,
    unsent,
    without_job,
    without_message,
)
from handoff.ledger.providers import Series, Taken, taken_on
from handoff.ledger.stuck import stuck
from handoff.tables import present

SHOWN = 20  # ids that are told of one fault
LARGEST = 500  # faults of a kind that are looked for


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not balance.

    `kind`: see `handoff.ledger.words`. `ids`: of messages; of broken sequences
    "conversation:first-last"; of providers "series:first-last".
    """

    kind: str
    number: int
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    channel: str
    day: date
    taken: int | None  # counted as it came; None before the ledger was kept
    received: int  # citizens' messages in their conversations
    fates: Counter[str]  # see `handoff.ledger.fates`; their sum is what the inbox holds
    out: Counter[str]  # what was said, by where it stands; see `handoff.ledger.messages`
    series: tuple[Series, ...] = ()
    faults: tuple[Fault, ...] = field(default=())

    @property
    def balances(self) -> bool:
        return not self.faults

    @property
    def missing(self) -> int:
        """Of what was received, by whichever count has more: those of unknown fate."""
        known = self.fates.total() - self.fates[UNANSWERED]
        return max(self.received, self.taken or 0) - known

    @property
    def written(self) -> int:
        return self.out.total()


async def lines_of(session: AsyncSession, day: date, now: datetime) -> list[Line]:
    """The day's lines, by channel; those in which nothing happened are left out."""
    span = Span.of(day)
    fates, messages = await count_fates(session, span), await count_messages(session, span)
    taken, found = await taken_on(session, day, now), await _found(session, span, now)
    return [
        await _line(
            session,
            span,
            channel,
            fates.get(channel, Counter()),
            messages.get(channel, Counter()),
            taken.get(channel, Taken()),
            found[channel],
        )
        for channel in sorted({*fates, *messages, *taken, *found})
    ]


async def lines(session: AsyncSession, *, days: int, now: datetime | None = None) -> list[Line]:
    """The newest day first; of one moment, if `session` is (`database.read(apart=True)`)."""
    moment = now or present()
    return [
        line for day in last_days(moment, days) for line in await lines_of(session, day, moment)
    ]


async def _line(
    session: AsyncSession,
    span: Span,
    channel: str,
    fates: Counter[str],
    messages: Counter[str],
    taken: Taken,
    found: list[Fault],
) -> Line:
    if taken.messages is None:  # nobody noted then to whom an answer was due
        fates[NOT_DUE] += fates.pop(UNANSWERED, 0)
    received = messages.pop(HEARD, 0)
    faults = [
        *_of_counting(taken.messages, received),
        *await _of_jobs(session, span, channel, received - fates.total()),
        *await _of_answers(session, span, channel, fates[UNANSWERED], messages[UNSENT]),
        *found,
        *_of_providers(taken.series),
    ]
    return Line(
        channel, span.day, taken.messages, received, +fates, +messages, taken.series, tuple(faults)
    )


def _of_counting(taken: int | None, received: int) -> list[Fault]:
    if taken is None or taken == received:
        return []
    kind = "not_stored" if taken > received else "uncounted"
    return [Fault(kind, abs(taken - received))]


async def _of_jobs(session: AsyncSession, span: Span, channel: str, number: int) -> list[Fault]:
    if not number:
        return []
    ids = await without_job(session, span, channel, limit=SHOWN)
    return [Fault("without_job", number, tuple(ids))]


async def _of_answers(
    session: AsyncSession, span: Span, channel: str, unanswered: int, left: int
) -> list[Fault]:
    faults = []
    if unanswered:
        ids = await with_fate(session, span, channel, UNANSWERED, limit=SHOWN)
        faults.append(Fault("unanswered", unanswered, tuple(ids)))
    if left:
        ids = await unsent(session, span, channel, limit=SHOWN)
        faults.append(Fault("unsent", left, tuple(ids)))
    return faults


async def _found(
    session: AsyncSession, span: Span, now: datetime
) -> defaultdict[str, list[Fault]]:
    """What is looked for in all channels at once."""
    found: defaultdict[str, list[Fault]] = defaultdict(list)
    orphans = await without_message(session, span, limit=LARGEST)
    waiting = await stuck(session, span, now)
    broken = [
        (channel, f"{conversation}:{first}-{last}")
        for channel, conversation, first, last in await broken_rows(session, span, limit=LARGEST)
    ]
    for kind, named in (("without_message", orphans), ("stuck", waiting), ("sequence", broken)):
        for channel, ids in _by_channel(named).items():
            found[channel].append(Fault(kind, len(ids), tuple(ids[:SHOWN])))
    return found


def _by_channel(named: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    sorted_out: dict[str, list[str]] = {}
    for channel, name in named:
        sorted_out.setdefault(channel, []).append(name)
    return sorted_out


def _of_providers(series: Iterable[Series]) -> list[Fault]:
    return [
        Fault(
            "provider",
            each.missing,
            tuple(f"{each.name}:{first}-{last}" for first, last in each.gaps[:SHOWN]),
        )
        for each in series
        if each.missing
    ]
