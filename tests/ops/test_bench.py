"""The benchmark's parts, and a short run of the whole against real servers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import memory, messages, report
from ops.places import ROOT

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
    ours = [FIGURES | {"per_second": n, "door_ms": 12.0} for n in (10.0, 300.0, 200.0)]
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
