"""`python -m bench.growth URL [MESSAGES]`: what a database grows by, per table and index.

Fills an empty, migrated database with rows like those that the service writes, then asks the
database itself how large everything is. What the traffic is like stands below; files are left out,
as they are as large as they are.
"""

import asyncio
import random
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, insert, text

from bench import messages
from handoff.db import Database
from handoff.tables import Base, new_id, present
from ops.places import ROOT

EXCHANGES = 4  # questions and answers of a conversation
PUSHED = 0.6  # share of conversations whose answers go through the outbox; the rest are fetched
SNAPSHOT = 2_000  # characters of the bot's memory; an assumption
CHUNK = 250  # conversations of one transaction
RANKING = [{"name": f"argomento_{rank}", "confidence": 0.93 / rank} for rank in (1, 2, 3)]
TRACE = {
    "revision": "parcheggio@3",
    "model": "20261127T133413Z-e1814c1973d7.tar.gz",
    "decision": "answer",
    "intent": "parcheggio",
    "confidence": 0.9312,
    "ranking": RANKING,
}
Rows = dict[str, list[dict[str, Any]]]
SIZES = {
    "postgresql": (
        "select relname, pg_total_relation_size(oid) - pg_indexes_size(oid), pg_indexes_size(oid) "
        "from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    ),
    "sqlite": (
        "select m.tbl_name, sum(case m.type when 'table' then s.pgsize else 0 end), "
        "sum(case m.type when 'index' then s.pgsize else 0 end) "
        "from dbstat s join sqlite_master m on m.name = s.name group by m.tbl_name"
    ),
}


def main(url: str, count: int = 100_000) -> None:
    sizes, seconds = asyncio.run(measure(url, count))
    sys.stdout.write(
        f"{count} messages in {seconds:.0f} s\ntable | MB | indexes, MB  (per million)\n"
    )
    for name, table, indexes in sorted(sizes, key=lambda each: -each[1] - each[2]):
        if table + indexes > 10 * count:
            # bytes for one message, megabytes for a million
            sys.stdout.write(f"{name} | {table / count:.0f} | {indexes / count:.0f}\n")
    total = sum(table + indexes for _, table, indexes in sizes)
    sys.stdout.write(f"all | {total / count:.0f} MB, so many bytes a message\n")


async def measure(url: str, count: int) -> tuple[list[tuple[str, int, int]], float]:
    database = Database(url)
    began = time.monotonic()
    talks = conversations(count // (EXCHANGES * 2))
    while chunk := list(islice(talks, CHUNK)):
        async with database.engine.begin() as connection:
            await connection.run_sync(_write, chunk)
    seconds = time.monotonic() - began
    async with database.read() as session:
        found = await session.execute(text(SIZES[database.engine.dialect.name]))
        sizes = [(str(name), int(table), int(indexes)) for name, table, indexes in found]
    await database.close()
    return sizes, seconds


def conversations(count: int) -> Iterator[Rows]:
    """One at a time, by table; the same ones every time but for their ids."""
    chance = random.Random(messages.SEED)
    asked = messages.read()
    answered = answers(ROOT / "data" / "knowledge")
    serial = iter(range(1, count * EXCHANGES * 4))
    for number in range(count):
        yield _conversation(number, serial, chance, asked, answered)


def answers(folder: Path) -> list[str]:
    """The approved words."""
    files = (yaml.safe_load(file.read_text("utf-8")) for file in sorted(folder.glob("*.yml")))
    entries = (entry for file in files for entry in file.values() if isinstance(entry, dict))
    return [str(entry["answer"]) for entry in entries if entry.get("answer")]


def _conversation(
    number: int, serial: Iterator[int], chance: random.Random, asked: list[str], said: list[str]
) -> Rows:
    talk, moment, pushed = new_id(), present(), chance.random() < PUSHED
    channel = "telegram" if pushed else "webchat"
    rows: Rows = {table.name: [] for table in Base.metadata.sorted_tables}
    rows["conversation"].append(
        {
            "id": talk,
            "channel": channel,
            "address": str(900_000_000 + number),
            "pulled": not pushed,
        }
        | {"last_seq": EXCHANGES * 2, "heard_at": moment}
    )
    memory = " ".join(chance.choices(asked + said, k=SNAPSHOT // 20))[:SNAPSHOT]
    rows["bot_tracker"].append(
        {"conversation_id": talk, "version": EXCHANGES, "snapshot": memory, "updated_at": 1.7e9}
    )
    for exchange in range(EXCHANGES):
        question, answer, job = new_id(), new_id(), next(serial)
        rows["message"] += [
            {"id": question, "conversation_id": talk, "seq": exchange * 2 + 1, "author": "citizen"}
            | {"text": chance.choice(asked), "trace": {}, "topic": None, "final": False}
            | {"reply_to": None, "author_name": None},
            {"id": answer, "conversation_id": talk, "seq": exchange * 2 + 2, "author": "bot"}
            | {"text": chance.choice(said), "trace": TRACE, "topic": "parcheggio", "final": True}
            | {"reply_to": question, "author_name": "Assistente"},
        ]
        shared = {"id": job, "conversation_id": talk, "channel": channel, "attempts": 1}
        rows["inbox"].append(
            {**shared, "message_id": question, "external_id": new_id(), "state": "done"}
        )
        if pushed:
            sent = str(7_000_000_000 + job)
            rows["outbox"].append(
                {**shared, "message_id": answer, "external_id": sent, "state": "delivered"}
            )
            tried = {"outbox_id": job, "number": 1, "result": "sent", "ended_at": moment}
            rows["attempt"].append(tried)
            part = {"channel": channel, "external_id": sent}
            rows["sent_part"].append({**part, "outbox_id": job})
            rows["delivery_report"].append({**part, "state": "delivered", "recipient": ""})
    return rows


def _write(connection: Connection, chunk: list[Rows]) -> None:
    for table in Base.metadata.sorted_tables:
        if rows := [row for talk in chunk for row in talk[table.name]]:
            connection.execute(insert(table), rows)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
