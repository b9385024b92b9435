"""One function per Make target."""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from ops import bootstrap, checks, locks, run, scaled, settings, tests, training
from ops.places import BOT_PYTHON, BOTS, OUR_PYTHON, OURS, ROOT, VAR
from ops.progress import Remedy, say

MESSAGES = "data/evaluation/messages.tsv"


def call(arguments: Sequence[str]) -> int:
    name, *rest = arguments or ["help"]
    command = COMMANDS.get(name)
    if command is None:
        raise Remedy(f"No command {name!r}: choose one of {', '.join(COMMANDS)}.")
    return command(*rest) or 0


def setup() -> None:
    bootstrap.prepare()
    say("Everything is installed.")


def train() -> None:
    bootstrap.prepare()
    training.train(always=True)


def migrate() -> None:
    bootstrap.prepare()
    _become(OUR_PYTHON, "-m", "handoff", "migrate")


def sportello(*arguments: str) -> None:
    """The service's own commands, with the settings of `make run`."""
    bootstrap.prepare()
    _become(OUR_PYTHON, "-m", "handoff", *arguments)


def evaluate(messages: str = "", baseline: str = "") -> None:
    if baseline == "diet":
        bootstrap.prepare()
        _become(BOT_PYTHON, "-m", "bot.baseline", messages or MESSAGES)
    if baseline:
        raise Remedy(f"No baseline {baseline!r}: `make eval BASELINE=diet` is the one there is.")
    if not Path(messages).is_file():
        raise Remedy("Name the messages: `make eval SET=data/evaluation/messages.tsv`.")
    bootstrap.prepare()
    training.train()
    _become(OUR_PYTHON, "-m", "evaluation", messages)


def bench() -> None:
    bootstrap.prepare()
    training.train()
    _become(OUR_PYTHON, "-m", "bench")


def scaled_bench() -> None:
    bootstrap.prepare()
    training.train()
    _become(OUR_PYTHON, "-m", "bench.scaled")


def demo_channels() -> None:
    """One citizen on every channel, through fake providers on loopback and the trained bot."""
    bootstrap.prepare()
    training.train()
    _become(OUR_PYTHON, "-m", "tests.journey")


def clean() -> None:
    """Removes what the set-up can build again; var/ (the database) and models/ stay."""
    for folder in (OURS, BOTS, ROOT / "node_modules", VAR / "uv-venv", VAR / "node-venv"):
        shutil.rmtree(folder, ignore_errors=True)


def _become(*command: str | Path) -> NoReturn:
    os.chdir(ROOT)
    os.execve(command[0], [str(word) for word in command], settings.environment())


COMMANDS: dict[str, Callable[..., int | None]] = {
    "run": run.run,
    "scaled": scaled.scaled,
    "test": tests.run_all,
    "test-fast": tests.run_fast,
    "torture": tests.torture,
    "sportello": sportello,
    "train": train,
    "eval": evaluate,
    "bench": bench,
    "scaled-bench": scaled_bench,
    "demo-channels": demo_channels,
    "check": checks.check,
    "fmt": checks.tidy,
    "migrate": migrate,
    "setup": setup,
    "lock": locks.compile_all,
    "clean": clean,
}
