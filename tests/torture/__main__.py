"""`python -m tests.torture`: TORTURE_MINUTES for each database, by the chance of TORTURE_SEED."""

import asyncio
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import NoReturn

from ops.places import ROOT
from ops.progress import say
from tests.torture import verdict
from tests.torture.hands import Hands
from tests.torture.load import Load, operator, telegram_citizens, web_citizen
from tests.torture.stage import stage
from tests.torture.verdict import Verdict

RESULTS = ROOT / "bench" / "torture.json"
DATABASES = ("sqlite", "postgresql")
WEB_CITIZENS = 5


def torture(kind: str, *, minutes: float, seed: int) -> Verdict:
    chance = Random(seed)
    folder = Path(tempfile.mkdtemp(prefix=f"torture-{kind}-"))
    with stage(kind, folder, chance) as opened:
        load, hands = Load(opened.url, chance), Hands(opened, chance)
        for _ in range(WEB_CITIZENS):
            load.begin(web_citizen)
        load.begin(telegram_citizens(opened.telegram))
        load.begin(operator(opened.email, opened.password))
        hands.work(minutes * 60)
        hands.rest()
        load.end()
        found = asyncio.run(verdict.judge(opened, load))
    found.kills = dict(hands.kills)
    if found.kept:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        say(f"The logs of {kind} stay in {folder}: {verdict.details(found)}")
    return found


def main() -> int:
    signal.signal(signal.SIGTERM, _end)  # as Ctrl-C: everything is stopped
    minutes = float(os.environ.get("TORTURE_MINUTES") or 10)
    seed = int(os.environ.get("TORTURE_SEED") or secrets.randbelow(10**6))
    kinds = (os.environ.get("TORTURE_DATABASES") or ",".join(DATABASES)).split(",")
    say(f"{minutes:g} minutes for each of {', '.join(kinds)}; TORTURE_SEED={seed} repeats them.")
    found = {kind: torture(kind, minutes=minutes, seed=seed) for kind in kinds}
    for kind, each in found.items():
        sys.stdout.write(f"{verdict.row(kind, each)}\n")
    told = {kind: verdict.as_json(each) for kind, each in found.items()}
    RESULTS.write_text(json.dumps({"minutes": minutes, "seed": seed, **told}, indent=2) + "\n")
    return 0 if all(each.kept for each in found.values()) else 1


def _end(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        say("Stopped.")
        sys.exit(130)
