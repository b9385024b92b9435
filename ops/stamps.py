"""Knows what is already built: a hash beside the thing says from what it was made."""

import contextlib
import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from ops.progress import say

UNFINISHED = "unfinished"


def digest(files: Iterable[Path], *, salt: str = "") -> str:
    found = hashlib.sha256(salt.encode())
    for file in sorted(files):
        found.update(f"\0{file.name}\0".encode())
        found.update(file.read_bytes())
    return found.hexdigest()


def read(stamp: Path) -> str:
    try:
        return stamp.read_text()
    except FileNotFoundError:
        return ""


def write(stamp: Path, content: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(content)


@contextlib.contextmanager
def turn(lock: Path) -> Iterator[None]:
    """One set-up at a time; the lock falls with the process, whatever ends it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up is at work in this folder: waiting for it …")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
