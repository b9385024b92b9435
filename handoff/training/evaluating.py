"""What an evaluation said, and what became better or worse between two of them."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

SHARES = ("right", "offered", "wrong", "declined")
MESSAGES, EMERGENCIES = "messages.tsv", "emergencies.tsv"
COLUMNS = 4


def report(said: str, said_of_emergencies: str, *, tests: str) -> dict[str, Any]:
    """From the output of `python -m evaluation --mistakes`: shares, and mistakes by message.

    Messages are kept as hashes: who trains must not learn what is tested with.
    """
    *lines, last = said.strip().split("\n")
    summary, alarms = json.loads(last), json.loads(said_of_emergencies.strip().split("\n")[-1])
    mistakes = {}
    for line in lines:
        parts = line.split("\t")
        if len(parts) == COLUMNS and parts[0] in SHARES:
            verdict, label, _, text = parts
            mistakes[sha256(text.encode()).hexdigest()[:16]] = [verdict, label]
    return {
        **{name: summary[name] for name in ("n", *SHARES)},
        "caught": alarms["caught"],
        "false_alarms": alarms["false_alarms"],
        "mistakes": mistakes,
        "tests": tests,
    }


def tests_of(data: Path) -> str:
    """Which messages were asked: two reports of other ones cannot be compared."""
    found = sha256()
    for name in (MESSAGES, EMERGENCIES):
        found.update((data / "evaluation" / name).read_bytes())
    return found.hexdigest()[:16]


def compared(
    candidate: Mapping[str, Any], live: Mapping[str, Any] | None, titled: Callable[[str], str]
) -> dict[str, Any]:
    """Shares side by side, and the topics whose messages became right or no longer are."""
    shown = (*SHARES, "caught", "false_alarms")
    mine = {name: candidate[name] for name in shown}
    if live is None or live["tests"] != candidate["tests"]:
        return {"n": candidate["n"], "candidate": mine, "live": None, "worse": [], "better": []}
    before, after = live["mistakes"], candidate["mistakes"]
    return {
        "n": candidate["n"],
        "candidate": mine,
        "live": {name: live[name] for name in shown},
        "worse": _topics(after, before, titled),
        "better": _topics(before, after, titled),
    }


def _topics(
    wrong: Mapping[str, Any], others: Mapping[str, Any], titled: Callable[[str], str]
) -> list[dict[str, Any]]:
    labels = Counter(label for key, (_, label) in wrong.items() if key not in others)
    return [
        {"title": _titles(label, titled), "messages": many} for label, many in labels.most_common()
    ]


def _titles(label: str, titled: Callable[[str], str]) -> str:
    """`a|b`: either is right; `a+b`: both are asked."""
    sign = "+" if "+" in label else "|"
    word = " e " if sign == "+" else " o "
    return word.join(titled(topic) for topic in label.split(sign))
