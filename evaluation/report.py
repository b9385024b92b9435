"""Counts results: tables for people, one JSON object for programs."""

import math
from collections.abc import Callable, Iterable
from typing import Any

from evaluation.asking import Result
from evaluation.judgement import ALARMS, HARMLESS

VERDICTS = ("right", "offered", "wrong", "declined")


def summary(results: list[Result], *, model: str | None) -> dict[str, Any]:
    times = sorted(each.milliseconds for each in results if each.milliseconds is not None)
    styles = _grouped(results, lambda each: each.message.style)
    return {
        "n": len(results),
        **{verdict: _share(results, verdict) for verdict in VERDICTS},
        "by_style": {style: _share(group, "right") for style, group in styles.items()},
        "p50_ms": _percentile(times, 0.50),
        "p99_ms": _percentile(times, 0.99),
        "model": model,
        **_alarms(results),
    }


def tables(results: list[Result]) -> Iterable[str]:
    for title, key in (
        ("label", lambda each: each.message.label),
        ("style", lambda each: each.message.style),
    ):
        yield f"{title:<40}{'n':>5}" + "".join(f"{verdict:>10}" for verdict in VERDICTS)
        for name, group in _grouped(results, key).items():
            shares = "".join(f"{_share(group, verdict):>10.0%}" for verdict in VERDICTS)
            yield f"{name:<40}{len(group):>5}{shares}"
        yield ""


def _alarms(results: list[Result]) -> dict[str, float]:
    """Only for files of emergencies, which have harmless messages labelled "no"."""
    if not all(each.message.wanted <= ALARMS | {HARMLESS} for each in results):
        return {}
    harmless = [each for each in results if each.message.label == HARMLESS]
    dangers = [each for each in results if each.message.label != HARMLESS]
    return {
        "caught": _alarmed(dangers),
        "false_alarms": _alarmed(harmless),
    }


def _alarmed(results: list[Result]) -> float:
    return round(sum(each.outcome.alarmed for each in results) / max(1, len(results)), 4)


def _grouped(results: list[Result], key: Callable[[Result], str]) -> dict[str, list[Result]]:
    groups: dict[str, list[Result]] = {}
    for each in results:
        groups.setdefault(key(each), []).append(each)
    return dict(sorted(groups.items()))


def _share(results: list[Result], verdict: str) -> float:
    return round(sum(each.verdict == verdict for each in results) / len(results), 4)


def _percentile(times: list[float], share: float) -> float | None:
    """Nearest rank, so that a p99 is a time that was measured."""
    return round(times[math.ceil(share * len(times)) - 1], 2) if times else None
