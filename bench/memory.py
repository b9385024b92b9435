"""Resident memory of processes and all their children, from /proc (Linux)."""

from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")


def resident_mb(roots: Iterable[int]) -> float:
    parents = {pid: _field(pid, "PPid") for pid in _pids()}
    family = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(_field(pid, "VmRSS") for pid in family) / 1024


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.glob("[0-9]*")]


def _field(pid: int, name: str) -> int:
    """A number of the process's status; 0 when it has just ended."""
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
