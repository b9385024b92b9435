"""The scaled mode's figures as a table for people."""

from collections.abc import Iterator, Mapping
from typing import Any

NOT_SHOWN = ("ages_s", "refused_why")
KINDS = ("web", "worker", "bot", "actions", "postgres", "generator")


def table(result: Mapping[str, Any]) -> str:
    return "\n".join((*_steady(result), "", *_processes(result), "", *_burst(result["burst"])))


def _steady(result: Mapping[str, Any]) -> Iterator[str]:
    count = result["scale"]["conversations"]
    yield (
        f"| {count} conversations, one message each | "
        + " | ".join(f"{run['at_once']} at once" for run in result["steady"])
        + " |"
    )
    yield "|---|" + "---|" * len(result["steady"])
    yield _row("answered messages/s", (run["per_second"] for run in result["steady"]))
    yield _row("without an answer", (run["unanswered"] for run in result["steady"]))
    for name in ("p50", "p99"):
        yield _row(f"latency {name}, ms", (run["ms"][name] for run in result["steady"]))
    for name in result["steady"][0]["written"]:
        words = f"{name.replace('_', ' ')} per message"
        yield _row(words, (run["written"][name] for run in result["steady"]))


def _processes(result: Mapping[str, Any]) -> Iterator[str]:
    last = result["steady"][-1]
    yield "| kind | CPU ms per message | connections | cores when idle | MB each |"
    yield "|---|---|---|---|---|"
    for kind in KINDS:
        cells = (
            last["cpu_ms"].get(kind),
            last["connections"].get(kind),
            result["idle"]["cores"].get(kind),
            result["memory_mb"].get(kind),
        )
        yield _row(kind, cells)


def _burst(burst: Mapping[str, Any]) -> Iterator[str]:
    yield "| burst | |"
    yield "|---|---|"
    for name, value in burst.items():
        words = name.replace("_", " ")
        if name in NOT_SHOWN:
            continue
        if isinstance(value, dict):
            yield _row(f"{words} (p50 / p99)", [f"{value['p50']} / {value['p99']}"])
        else:
            yield _row(words, [value])


def _row(words: str, cells: Any) -> str:
    return (
        f"| {words} | " + " | ".join("–" if cell is None else str(cell) for cell in cells) + " |"
    )
