"""`python -m bench`: takes about half an hour; BENCH_QUICK=1 only shows that it works."""

import asyncio
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import claims, messages, report, streams, turns
from bench.programs import leave_nothing_when_stopped
from bench.scale import FULL, QUICK, Scale
from ops.places import BOT_PYTHON, ROOT
from ops.progress import quiet_environment, say

RESULTS = Path(os.environ.get("BENCH_RESULTS") or ROOT / "bench" / "results.json")


def main() -> None:
    leave_nothing_when_stopped()
    scale = QUICK if os.environ.get("BENCH_QUICK") else FULL
    # that it works is shown with the model that is there
    training_s = train() if scale is FULL else None
    ours, stock, ours_pg = asyncio.run(measure(scale))
    claimed = asyncio.run(claims.measure(few=scale.few, many=scale.many, rounds=scale.claims))
    held = asyncio.run(streams.measure(scale.streams, watched_s=scale.watched_s))
    machine = {"cores": os.cpu_count(), "system": platform.platform(), "python": sys.version}
    result = report.summary(
        ours,
        stock,
        ours_postgresql=ours_pg,
        claims=claimed,
        streams=held,
        training_s=training_s,
        runs=scale.runs,
        machine=machine,
    )
    report.write(result, RESULTS)
    sys.stdout.write(f"{report.table(result)}\n")


def train() -> float:
    """From nothing, into a folder of its own: the model that citizens talk to stays."""
    say("Training, from nothing …")
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        env = quiet_environment() | {"SPORTELLO_MODELS": folder, "LOG_LEVEL": "WARNING"}
        subprocess.run(
            [str(BOT_PYTHON), "-m", "bot.train"], cwd=ROOT, env=env, check=True, stdout=sys.stderr
        )
        return round(time.monotonic() - began, 1)


async def measure(
    scale: Scale,
) -> tuple[list[turns.Figures], list[turns.Figures], turns.Figures]:
    drawn = messages.draw(messages.read(), scale.senders)
    say("Looking for messages that the bot answers by itself …")
    kept = await turns.keep_the_bot_talking(drawn[:200])
    # each tenth holds the same messages in the same order: nothing but their place differs
    talk = messages.draw(kept[: scale.length // 10], scale.length)
    ours, stock = [], []
    for turn in range(scale.runs):
        say(f"Turn {turn + 1} of {scale.runs}: ours, then stock Rasa …")
        ours.append(await turns.ours(drawn, talk, scale=scale))
        # a long conversation costs stock Rasa minutes, and its growth is a ratio within one turn
        long = talk if turn == 0 else []
        stock.append(await turns.stock(drawn, long, scale=scale))
    say("Ours on PostgreSQL …")
    return ours, stock, await turns.ours_on_postgresql(drawn, talk, scale=scale)


if __name__ == "__main__":
    main()
