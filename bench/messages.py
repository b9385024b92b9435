"""The messages that both sides get: the same ones, in the same order, every time."""

import csv
import itertools
import random

from ops.places import ROOT

SEED = 1848
FILE = ROOT / "data" / "evaluation" / "messages.tsv"


def read() -> list[str]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row[2] for row in rows if len(row) > 2 and not row[0].startswith("#")]  # noqa: PLR2004


def draw(messages: list[str], count: int) -> list[str]:
    shuffled = random.Random(SEED).sample(messages, len(messages))
    return list(itertools.islice(itertools.cycle(shuffled), count))
