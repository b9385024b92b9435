"""Resident memory of processes and all their children, from /proc (Linux)."""

from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")


def own_mb(roots: Iterable[int]) -> float:
    """What is theirs: what several share is shared out among them (Pss, see proc(5))."""
    return sum(_pss(pid) for pid in family(roots)) / 1024


def _pss(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def resident_mb(roots: Iterable[int]) -> float:
    return sum(_field(pid, "VmRSS") for pid in family(roots)) / 1024


def family(roots: Iterable[int]) -> set[int]:
    """Processes with their children and children's children."""
    parents = {pid: _field(pid, "PPid") for pid in _pids()}
    found = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.glob("[0-9]*")]


def _field(pid: int, name: str) -> int:
    """A number of the process's status; 0 when it has just ended."""
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
