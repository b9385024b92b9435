"""What processes used, from /proc (Linux): seconds of CPU, memory, connections."""

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from bench.memory import PROC, family, own_mb

TICKS = os.sysconf("SC_CLK_TCK")
ESTABLISHED = "01"  # state in /proc/net/tcp
Kinds = Mapping[str, list[int]]


def cpu_seconds(kinds: Kinds) -> dict[str, float]:
    """Of each kind since its start, children included, and of this process, which asks."""
    used = {kind: sum(map(_cpu, family(pids))) for kind, pids in kinds.items()}
    return used | {"generator": time.process_time()}


def _cpu(pid: int) -> float:
    """User, system, and the same of children that ended and were waited for: proc(5)."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def memory_mb(kinds: Kinds) -> dict[str, float]:
    """Of one process of each kind, on average; the database as a whole."""
    return {kind: own_mb(pids) / len(pids) for kind, pids in kinds.items()}


def connections(kinds: Kinds, port: int) -> dict[str, int]:
    """To this port of the machine, all processes of a kind together."""
    sockets = set(_sockets_to(port))
    return {kind: sum(len(sockets & set(_sockets_of(p))) for p in kinds[kind]) for kind in kinds}


def _sockets_to(port: int) -> Iterator[str]:
    for line in (PROC / "net" / "tcp").read_text().splitlines()[1:]:
        _, _, remote, state, *rest = line.split()
        if state == ESTABLISHED and int(remote.rpartition(":")[2], 16) == port:
            yield rest[5]  # the inode


def _sockets_of(pid: int) -> Iterator[str]:
    for opened in _opened(PROC / str(pid) / "fd"):
        with suppress(OSError):
            if found := re.fullmatch(r"socket:\[(\d+)\]", os.readlink(opened)):
                yield found[1]


def _opened(folder: Path) -> Iterable[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
