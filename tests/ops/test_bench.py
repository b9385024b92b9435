"""The benchmark's parts, and a short run of the whole against real servers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from bench import memory, messages, report, scaled_report
from bench.ledger import Ledger
from ops.places import ROOT

SAID = """
insert into conversation(id, channel, address, pulled, holder, version, last_seq, reset_bot,
                         keeps_key, unreachable, created_at)
values ('c', 'webchat', 'c', true, 'bot', 1, 9, false, false, false, now());
insert into message(id, conversation_id, seq, author, text, buttons, attachments, final, trace,
                    reply_to, created_at)
select id, 'c', seq, 'citizen', '', '[]', '[]', final, '{}', reply_to,
       now() + wait * interval '1 s'
from (values ('unanswered', 1, false, null, 0), ('answered', 2, false, null, 0),
             ('twice', 3, false, null, 0), ('a', 4, true, 'answered', 2),
             ('b', 5, true, 'twice', 2), ('c', 6, true, 'twice', 4))
     as said(id, seq, final, reply_to, wait);
insert into inbox(conversation_id, message_id, channel, external_id, state,
                  due, attempts, created_at)
select 'c', id, 'webchat', id, case id when 'unanswered' then 'dead' else 'done' end,
       0, 1, now()
from message where author = 'citizen' and not final;
"""
FIGURES = {
    "per_second": 200.0,
    "unanswered": 0.0,
    "alone_ms": 20.0,
    "alone_p99_ms": 30.0,
    "start_s": 10.0,
    "memory_mb": 800.0,
}


def test_the_same_messages_are_drawn_every_time() -> None:
    pool = [f"message {number}" for number in range(50)]
    assert messages.draw(pool, 70) == messages.draw(pool, 70)
    assert set(messages.draw(pool, 50)) == set(pool)


def test_medians_count_and_ratios_follow_from_them() -> None:
    ours = [
        FIGURES | {"per_second": n, "door_ms": 12.0, "added_ms": 8.0} for n in (10.0, 300.0, 200.0)
    ]
    ours[0]["growth"] = 1.1
    stock = [FIGURES | {"per_second": 100.0, "growth": 5.0}]
    result = report.summary(ours, stock, training_s=3.0)
    assert result["ours"]["per_second"] == 200.0
    assert result["ratios"]["throughput"] == 2.0
    assert result["ratios"]["added_ms"] == 8.0
    assert (result["ratios"]["growth_ours"], result["ratios"]["growth_stock"]) == (1.1, 5.0)
    assert "stock Rasa" in report.table(result)


def test_memory_counts_children_too() -> None:
    script = "import subprocess, sys; x = bytearray(80_000_000); print(1, flush=True); {}"
    child = script.format("input()")
    parent = script.format(f"subprocess.run([sys.executable, '-c', {child!r}])")
    command = [sys.executable, "-c", parent]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as family:
        assert family.stdout
        family.stdout.readline()
        family.stdout.readline()
        assert memory.resident_mb([family.pid]) > 150
        family.communicate(b"\n")


@pytest.mark.slow
def test_a_short_run_measures_both_sides(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    env = os.environ | {"BENCH_QUICK": "1", "BENCH_RESULTS": str(file)}
    subprocess.run([sys.executable, "-m", "bench"], cwd=ROOT, env=env, check=True, timeout=300)
    result = json.loads(file.read_text())
    assert {"throughput", "growth_ours", "growth_stock", "added_ms"} <= set(result["ratios"])
    assert result["ours"]["unanswered"] == 0
    assert result["stock"]["per_second"] > 0


def test_a_report_of_the_scaled_mode_is_a_table() -> None:
    run = {
        "at_once": 16,
        "per_second": 20.0,
        "unanswered": 0.0,
        "ms": {"p50": 1.0, "p99": 2.0},
        "cpu_ms": {"web": 9.0, "generator": 1.0},
        "connections": {"web": 12},
        "written": {"rows_inserted": 12.5},
    }
    result = {
        "scale": {"conversations": 600},
        "steady": [run, run | {"at_once": 64}],
        "idle": {"cores": {"web": 0.01}},
        "memory_mb": {"web": 200.0},
        "burst": {"lost": 0, "answered_s": {"p50": 1.5, "p99": 7.0}, "ages_s": [0.0]},
    }
    lines = scaled_report.table(result).splitlines()
    assert "| rows inserted per message | 12.5 | 12.5 |" in lines
    assert "| web | 9.0 | 12 | 0.01 | 200.0 |" in lines
    assert {"| lost | 0 |", "| answered s (p50 / p99) | 1.5 / 7.0 |"} <= set(lines)


async def test_the_ledger_tells_lost_from_answered_and_from_answered_twice(
    migrated_postgres: str,
) -> None:
    """An accepted message that the database does not have is lost as well."""
    connection = await asyncpg.connect(migrated_postgres)
    transaction = connection.transaction()
    await transaction.start()
    database = Ledger(connection)
    try:
        await connection.execute(SAID)
        fates = await database.fates(["unanswered", "answered", "twice", "never-stored"])
    finally:
        await transaction.rollback()
        await connection.close()
    assert (fates.lost, fates.answered_twice, fates.dead) == (2, 1, 1)
    assert fates.seconds == [2.0, 2.0]
