"""Medians over the turns, what they say about each other, and a table for people."""

import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.turns import Figures

ROWS = {
    "per_second": "answered messages/s, 16 at once",
    "unanswered": "share without an answer",
    "alone_ms": "one message alone, ms (median)",
    "alone_p99_ms": "one message alone, ms (99 of 100)",
    "door_ms": "the bot's bare door, ms (median)",
    "beside_door_ms": "… the web chat in turns with it, ms (median)",
    "first_20_ms": "one conversation, messages 1–20, ms (mean)",
    "around_400_ms": "… messages 381–400, ms (mean)",
    "early_ms": "… its second tenth (101–200), ms",
    "late_ms": "… its last tenth (901–1,000), ms",
    "growth": "… last ÷ second tenth",
    "start_s": "start, s",
    "memory_mb": "memory, MB resident, children included",
}


def summary(ours: Sequence[Figures], stock: Sequence[Figures], **more: Any) -> dict[str, Any]:
    mine, theirs = _medians(ours), _medians(stock)
    ratios = {
        "throughput": mine["per_second"] / theirs["per_second"],
        "growth_ours": mine["growth"],
        "growth_stock": theirs["growth"],
        "added_ms": mine["added_ms"],
        "memory": mine["memory_mb"] / theirs["memory_mb"],
        "start": mine["start_s"] / theirs["start_s"],
    }
    return {"ours": mine, "stock": theirs, "ratios": _rounded(ratios), **more}


def _medians(runs: Sequence[Figures]) -> Figures:
    names = dict.fromkeys(name for run in runs for name in run)
    return _rounded({n: statistics.median(run[n] for run in runs if n in run) for n in names})


def _rounded(figures: Mapping[str, float]) -> Figures:
    return {name: round(value, 3) for name, value in figures.items()}


def table(result: Mapping[str, Any]) -> str:
    sides = {"ours": "ours", "stock": "stock Rasa", "ours_postgresql": "ours, PG"}
    lines = [" " * 52 + "".join(f"{name:>12}" for name in sides.values())]
    for name, words in ROWS.items():
        values = (result.get(side, {}).get(name) for side in sides)
        lines.append(f"{words:52}" + "".join(f"{_number(value):>12}" for value in values))
    lines += [f"training, s: {_number(result['training_s'])} (the same model for both)", "ratios:"]
    lines += [f"  {name}: {value}" for name, value in result["ratios"].items()]
    for part in ("claims", "streams"):
        lines.append(f"{part}: {json.dumps(result.get(part))}")
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}" if value < 100 else f"{value:.0f}"  # noqa: PLR2004


def write(result: Mapping[str, Any], file: Path) -> None:
    file.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
