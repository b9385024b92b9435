"""Starts the supervisor and ends it with everything below it."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ops.places import LOGS, OURS, ROOT
from ops.progress import Command

CONFIGURATION = ROOT / "ops" / "supervisord.conf"
LEASH = ROOT / "ops" / "leash.py"
PATIENCE = 28  # seconds: the service has 25 to finish what it began, the others six


@contextlib.contextmanager
def supervised(
    environ: Mapping[str, str], *, configuration: Path = CONFIGURATION, logs: Path = LOGS
) -> Iterator[subprocess.Popen[bytes]]:
    """A process group of its own: Ctrl-C reaches only us, and we end it in order."""
    logs.mkdir(parents=True, exist_ok=True)
    logs.chmod(0o700)  # also where an earlier version made it for everybody to read
    program: Command = [
        OURS / "bin" / "python",
        "-m",
        "supervisor.supervisord",
        "-c",
        configuration,
    ]
    child = subprocess.Popen(
        [sys.executable, "-I", LEASH, "SIGTERM", *program],
        cwd=ROOT,
        env={**environ, "SUPERVISED_ROOT": str(ROOT), "SUPERVISED_LOGS": str(logs)},
        process_group=0,
    )
    try:
        yield child
    finally:
        _stop(child)


def _stop(child: subprocess.Popen[bytes]) -> None:
    with _undisturbed():
        child.terminate()
        try:
            child.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()  # its programs die with it: they are on the leash
            child.wait()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C must not leave half of it running."""
    kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {kind: signal.signal(kind, signal.SIG_IGN) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
