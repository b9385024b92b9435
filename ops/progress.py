"""Tells what a long step does, and fails with a sentence that tells the remedy."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from ops.places import ROOT

Command = Sequence[str | Path]
HEARTBEAT = 15  # seconds of silence after which a log still shows that something goes on


class Remedy(Exception):
    """What went wrong and what to do about it, in one sentence for the person at the terminal."""


def say(text: str) -> None:
    sys.stderr.write(f"[sportello] {text}\n")
    sys.stderr.flush()


def call(
    title: str,
    command: Command,
    *,
    remedy: str,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
) -> None:
    """Runs a long step to its end, with its own output and, where nobody looks, a heartbeat."""
    say(f"{title} …")
    began = time.monotonic()
    try:
        code = _attend(subprocess.Popen(command, cwd=cwd, env=env), title=title, began=began)
    except OSError as error:
        raise Remedy(f"{title}: {error.strerror}. {remedy}") from error
    if code:
        raise Remedy(f"{title}: failed (exit {code}). {remedy}")
    say(f"{title}: done in {time.monotonic() - began:.0f} s.")


def _attend(child: subprocess.Popen[bytes], *, title: str, began: float) -> int:
    while True:
        try:
            return wait(child, timeout=HEARTBEAT)
        except subprocess.TimeoutExpired:
            if not sys.stderr.isatty():  # on a terminal the program shows its own bar
                say(f"{title}: {time.monotonic() - began:.0f} s …")


def wait(child: subprocess.Popen[bytes], *, timeout: float | None = None) -> int:
    """An interruption of ours ends the child too, in order if it can."""
    try:
        return child.wait(timeout=timeout)
    except KeyboardInterrupt:
        _interrupt(child)
        raise


def _interrupt(child: subprocess.Popen[bytes]) -> None:
    """Ctrl-C reached it from the terminal already; a signal for us alone did not."""
    for grace, number in ((2, signal.SIGINT), (8, signal.SIGKILL)):
        try:
            child.wait(timeout=grace)
            return
        except subprocess.TimeoutExpired:
            child.send_signal(number)
    child.wait()


def quiet_environment() -> dict[str, str]:
    """The surroundings of every child: none of the caller's Python settings, no telemetry."""
    env = {k: v for k, v in os.environ.items() if k not in _FOREIGN}
    return env | {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONUNBUFFERED": "1",
    }


_FOREIGN = {
    *("PYTHONHOME", "PYTHONPATH", "PYENV_VERSION", "VIRTUAL_ENV"),
    "PYTHONDONTWRITEBYTECODE",  # Rasa would be compiled anew at every start: ten seconds
}
