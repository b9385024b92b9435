"""Starts programs on loopback, waits until they answer, and ends them."""

import contextlib
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import httpx

from ops import equipment, ports
from ops.places import ROOT
from ops.postgres import Server
from ops.supervision import LEASH

PATIENCE = 300  # seconds for a start, on a machine where others work too
PREFIX = "sportello-bench-"
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass
class Programs:
    """What runs now, and where what it says is written."""

    env: Mapping[str, str]
    folder: Path
    children: dict[str, subprocess.Popen[bytes]]

    def start(
        self, name: str, *command: str | Path, settings: Mapping[str, str] = NOTHING
    ) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                [sys.executable, "-I", LEASH, "SIGKILL", *command],
                cwd=ROOT,
                env={**self.env, **settings},
                stdout=log,
                stderr=log,
                process_group=0,
            )

    def kill(self, name: str) -> None:
        """kill -9: nothing can be cleaned up."""
        self.children[name].kill()
        self.children[name].wait()

    def pids(self, names: Sequence[str]) -> list[int]:
        return [self.children[name].pid for name in names]

    def wait_for(self, url: str) -> None:
        end = time.monotonic() + PATIENCE
        while not _answers(url):
            for name, child in self.children.items():
                if child.poll() is not None:
                    raise RuntimeError(f"{name} ended: {self._last_words(name)}")
            if time.monotonic() > end:
                raise RuntimeError(f"{url} does not answer; see {self.folder}")
            time.sleep(0.05)

    def _last_words(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False


@contextlib.contextmanager
def programs(env: Mapping[str, str], *, folder: Path) -> Iterator[Programs]:
    started = Programs(env, folder, {})
    try:
        yield started
    finally:
        for child in started.children.values():
            child.send_signal(signal.SIGTERM)
        for child in started.children.values():
            _end(child)


def leave_nothing_when_stopped() -> None:
    """SIGTERM as Ctrl-C: what was started is ended first."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


@contextlib.contextmanager
def postgresql(options: str = "") -> Iterator[Server]:
    """A fresh server that waits for its disk, as SQLite does."""
    (port,) = ports.choose(1)
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder:
        server = Server(equipment.postgres_programs(), Path(folder), port, options)
        with server.running():
            yield server


def _end(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(timeout=10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
