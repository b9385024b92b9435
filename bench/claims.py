"""What a claim costs beside much that is finished, on a database each, in turns."""

import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from bench.programs import postgresql
from handoff import inbox, migrations
from handoff.conversations import find_or_add, hear
from handoff.db import Database

PER_CONVERSATION = 20  # messages
OWNER = "bench:1:x"
FILL = """
with recursive n(i) as (select 1 union all select i + 1 from n where i < :count)
insert into {table} ({columns}) select {values} from n
"""
CONVERSATIONS = FILL.format(
    table="conversation",
    columns="id, channel, address, pulled, holder, version, last_seq, reset_bot, keeps_key,"
    " expects, unreachable, created_at, changed",
    values="'c' || i, 'webchat', 'c' || i, true, 'bot', 1, 0, false, false,"
    " false, false, current_timestamp, 0",
)
MESSAGES = FILL.format(
    table="message",
    columns="id, conversation_id, seq, author, text, buttons, attachments, final, trace,"
    " created_at, reply_to",
    values="'m' || i, 'c' || ((i - 1) / :each + 1), -i, 'citizen', 'buongiorno',"
    " cast('[]' as json), cast('[]' as json), false, cast('{}' as json), current_timestamp,"
    " 'm' || (i - 1)",
)
DONE = FILL.format(
    table="inbox",
    columns="channel, external_id, state, due, attempts, created_at, conversation_id, message_id",
    values="'webchat', 'e' || i, 'done', 0, 1, current_timestamp,"
    " 'c' || ((i - 1) / :each + 1), 'm' || i",
)


@dataclass(frozen=True)
class Costs:
    few_ms: float  # medians
    many_ms: float

    @property
    def ratio(self) -> float:
        return self.many_ms / self.few_ms


async def measure(*, few: int, many: int, rounds: int) -> dict[str, dict[str, float]]:
    """Of both databases: milliseconds of the claim's statements, and how they compare."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        urls = [f"sqlite+aiosqlite:///{here}/{name}.db" for name in ("few", "many")]
        costs = {"sqlite": await _compare(urls, (few, many), rounds)}
    with postgresql() as server:
        urls = [f"{server.url}/{name}" for name in ("postgres", "template1")]
        costs["postgresql"] = await _compare(urls, (few, many), rounds)
    return {
        name: {"few_ms": cost.few_ms, "many_ms": cost.many_ms, "ratio": cost.ratio}
        for name, cost in costs.items()
    }


async def _compare(urls: list[str], sizes: tuple[int, int], rounds: int) -> Costs:
    few, many = [await _filled(url, size) for url, size in zip(urls, sizes, strict=True)]
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        for database, kept in zip((few, many), times, strict=True):
            kept.append(await _claim_one(database, f"new{number}"))
    await few.close()
    await many.close()
    return Costs(*(round(statistics.median(each[rounds // 10 :]), 4) for each in times))


async def _filled(url: str, count: int) -> Database:
    await asyncio.to_thread(migrations.upgrade, url)
    database = Database(url)
    given = {"count": count, "each": PER_CONVERSATION}
    async with database.begin() as session:
        await session.execute(text(CONVERSATIONS), {"count": count // PER_CONVERSATION + 1})
        for rows in (MESSAGES, DONE):
            await session.execute(text(rows), given)
        await session.execute(text("analyze"))
    return database


async def _claim_one(database: Database, address: str) -> float:
    """Milliseconds. The message is stored before and finished afterwards; neither is counted."""
    async with database.begin() as session:
        talk, _ = await find_or_add(session, channel="webchat", address=address, pulled=True)
        heard = hear(session, talk, text="buongiorno")
        await session.flush()
        inbox.put(session, heard, channel="webchat", external_id=address)
    async with database.begin() as session:
        began = time.perf_counter()
        (job,) = await inbox.claim(session, owner=OWNER, limit=4)
        elapsed = (time.perf_counter() - began) * 1000
        await inbox.finish(session, job)
    return elapsed
