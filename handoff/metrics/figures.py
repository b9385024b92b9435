"""What stands in the queues, read when somebody asks: the same from every process."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import Database, now
from handoff.tables import Attachment, ChannelState, Inbox, Outbox

PATIENCE = 3.0  # seconds for all of it
# never what is done with: those rows are the whole table. Each has an index on its state.
Watched = type[Inbox] | type[Outbox] | type[Attachment]
WATCHED: dict[str, tuple[Watched, tuple[str, ...]]] = {
    "inbox": (Inbox, ("ready", "run", "dead")),
    "outbox": (Outbox, ("ready", "run", "failed", "unknown")),
    "attachments": (Attachment, ("ready", "run", "held")),
}
Ledger = Callable[[], float]


class Figures(Collector):
    """`ledger` counts the messages of which nobody knows what became; None: it is not kept."""

    def __init__(
        self, database: Database, channels: Iterable[str] = (), ledger: Ledger | None = None
    ) -> None:
        self.ledger = ledger
        self._database = database
        self._channels = tuple(channels)
        self._read: list[Metric] = []

    def collect(self) -> Iterator[Metric]:
        """What the last look saw."""
        yield from self._read

    def describe(self) -> Iterator[Metric]:
        """Nothing: asked at the registration, when nothing was seen yet."""
        yield from ()

    async def look(self) -> None:
        """When the database is away the figures are missing rather than old."""
        try:
            async with asyncio.timeout(PATIENCE), self._database.read() as session:
                found = await self._figures(session)
        except (SQLAlchemyError, OSError, TimeoutError):
            self._read = [_gauge("database_up", "Whether the database answers", 0)]
        else:  # in one step: two may look at once
            self._read = [_gauge("database_up", "Whether the database answers", 1), *found]

    async def _figures(self, session: AsyncSession) -> list[Metric]:
        return [
            await _queue_age(session),
            await self._outbox_age(session),
            await _jobs(session),
            await self._troubles(session),
            self._unbalanced(),
        ]

    async def _outbox_age(self, session: AsyncSession) -> Metric:
        family = _gauge("outbox_age_seconds", "Age of the oldest message to send", None, "channel")
        rows = await session.execute(
            select(Outbox.channel, func.min(Outbox.created_at), now())
            .where(Outbox.state == "ready")
            .group_by(Outbox.channel)
        )
        ages = dict.fromkeys(self._channels, 0.0)
        ages |= {channel: _age(since, present) for channel, since, present in rows}
        for channel, age in ages.items():
            family.add_metric([channel], age)
        return family

    async def _troubles(self, session: AsyncSession) -> Metric:
        family = _gauge(
            "channel_trouble", "1 while a channel says it cannot work", None, "channel"
        )
        rows = await session.execute(
            select(ChannelState.channel, ChannelState.trouble).where(
                ChannelState.channel.in_(self._channels)
            )
        )
        for channel, trouble in rows:
            family.add_metric([channel], float(trouble is not None))
        return family

    def _unbalanced(self) -> Metric:
        family = _gauge("ledger_unbalanced", "Messages of which nobody knows what became", None)
        if self.ledger is not None:
            family.add_metric([], self.ledger())
        return family


async def _queue_age(session: AsyncSession) -> Metric:
    row = await session.execute(
        select(func.min(Inbox.created_at), now()).where(Inbox.state.in_(("ready", "run")))
    )
    since, present = row.one()
    return _gauge(
        "queue_age_seconds", "Age of the oldest unfinished message", _age(since, present)
    )


async def _jobs(session: AsyncSession) -> Metric:
    family = GaugeMetricFamily("sportello_jobs", "Jobs by state", labels=("queue", "state"))
    for queue, (table, states) in WATCHED.items():
        rows = await session.execute(
            select(table.state, func.count()).where(table.state.in_(states)).group_by(table.state)
        )
        counts = dict.fromkeys(states, 0) | {state: count for state, count in rows}
        for state, count in counts.items():
            family.add_metric([queue, state], count)
    return family


def _gauge(name: str, told: str, value: float | None, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"sportello_{name}", told, value=value, labels=labels or None)


def _age(since: datetime | None, present: float) -> float:
    """A clock that jumped back makes nothing younger than new."""
    return max(0.0, present - since.timestamp()) if since else 0.0
