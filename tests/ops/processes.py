"""Looks at processes of this machine, as they are found by a mark in their surroundings."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path


def marked(mark: str) -> set[int]:
    """Living processes whose environment contains the mark (Linux)."""
    return {int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _has(entry, mark)}


def _has(entry: Path, mark: str) -> bool:
    try:
        return mark.encode() in (entry / "environ").read_bytes()  # empty for the dead
    except OSError:
        return False


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def wait_until(true: Callable[[], object], *, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(0.02)


def kill(pid: int, number: int = signal.SIGKILL) -> None:
    os.kill(pid, number)
