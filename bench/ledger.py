"""What the database tells: how much was written, how long the queue is, what became of whom."""

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

WRITTEN = """
select coalesce(sum(n_tup_ins), 0)::bigint as rows_inserted,
       coalesce(sum(n_tup_upd), 0)::bigint as rows_updated,
       coalesce(sum(n_tup_del), 0)::bigint as rows_deleted,
       coalesce(sum(pg_total_relation_size(relid)), 0)::bigint as table_bytes,
       pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint as log_bytes,
       (select xact_commit from pg_stat_database where datname = current_database()) as commits
from pg_stat_user_tables
"""
QUEUE = """
select count(*) as waiting,
       coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as age
from inbox where state in ('ready', 'run')
"""
FATES = """
select asked.id, inbox.state,
       count(answer.id) filter (where answer.final) as finals,
       extract(epoch from min(answer.created_at) filter (where answer.final)
               - asked.created_at)::float8 as seconds
from unnest($1::text[]) as accepted(id)
left join message asked on asked.id = accepted.id
left join inbox on inbox.message_id = accepted.id
left join message answer on answer.reply_to = accepted.id
group by accepted.id, asked.id, asked.created_at, inbox.state
"""
FLUSHED = 3.0  # seconds until the server's counters have what its processes did


@dataclass(frozen=True)
class Fates:
    lost: int  # accepted and then without an answer
    answered_twice: int
    dead: int
    seconds: list[float]  # from the acknowledgement to the answer, of each


class Ledger:
    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, url: str) -> "Ledger":
        return cls(await asyncpg.connect(f"{url}/postgres"))

    async def close(self) -> None:
        await self._connection.close()

    async def written(self) -> "Written":
        await asyncio.sleep(FLUSHED)
        return Written(dict(await self._connection.fetchrow(WRITTEN)), time.monotonic())

    async def queue(self) -> dict[str, float]:
        """How many messages wait, and for how many seconds the oldest has."""
        return dict(await self._connection.fetchrow(QUEUE))

    async def fates(self, accepted: Sequence[str]) -> Fates:
        rows = await self._connection.fetch(FATES, list(accepted))
        finals = Counter(row["finals"] for row in rows)
        return Fates(
            lost=len(accepted) - len(rows) + finals[0],
            answered_twice=sum(count for number, count in finals.items() if number > 1),
            dead=sum(row["state"] == "dead" for row in rows),
            seconds=[row["seconds"] for row in rows if row["finals"]],
        )


@dataclass(frozen=True)
class Written:
    """What was written so far, and when that was looked at."""

    counts: dict[str, int]
    at: float  # seconds

    def since(self, before: "Written") -> dict[str, float]:
        return {name: self.counts[name] - before.counts[name] for name in self.counts}


def per_second(before: Written, after: Written) -> dict[str, float]:
    """What an idle house writes, and how many transactions its looks are."""
    seconds = after.at - before.at
    return {name: count / seconds for name, count in after.since(before).items()}


def per_message(
    before: Written, after: Written, messages: int, *, idle: dict[str, float]
) -> dict[str, float]:
    """Without what would have been written had nobody come."""
    seconds = after.at - before.at
    return {
        name: round((count - idle[name] * seconds) / messages, 2)
        for name, count in after.since(before).items()
    }


def quantiles(values: Sequence[float]) -> dict[str, Any]:
    """The median and what 99 of 100 keep to."""
    if len(values) < 2:  # noqa: PLR2004
        return {"p50": None, "p99": None}
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": round(cuts[49], 2), "p99": round(cuts[98], 2)}
