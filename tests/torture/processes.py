"""Programs that are killed and started again; none outlives us."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

from ops.places import ROOT
from ops.supervision import LEASH

PATIENCE = 180.0  # seconds for a start


class Program:
    """`alive`: an address that answers when it serves. A worker has none: it is given as long to
    start as the service `takes`."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        log: Path,
        alive: str | None = None,
    ) -> None:
        self.name = name
        self._command = (sys.executable, "-I", LEASH, "SIGKILL", *command)
        self._env = env
        self._log = log
        self._alive = alive
        self._started_at = 0.0
        self.takes = 0.0  # seconds
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._started_at = time.monotonic()
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def has_died(self) -> bool:
        return self._child is not None and self._child.poll() is not None

    def serves(self) -> bool:
        if self._alive is None:
            return time.monotonic() - self._started_at > self.takes
        try:
            return httpx.get(self._alive, timeout=2, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while not self.serves():
            if self.has_died():
                raise RuntimeError(f"{self.name} ended by itself: {self.last_words()}")
            if time.monotonic() > end:
                raise TimeoutError(f"{self.name} does not serve: {self.last_words()}")
            time.sleep(0.1)

    def last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]

    def kill(self) -> None:
        """kill -9: nothing can be cleaned up."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
