"""The action server as a process of its own, on a free loopback port."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fake_internal import TOKEN

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def action_server(handoff: str, *, log: Path) -> Iterator[str]:
    port = free_port()
    environment = {
        **os.environ,
        "SPORTELLO_ACTIONS_PORT": str(port),
        "SPORTELLO_HANDOFF_URL": handoff,
        "SPORTELLO_INTERNAL_TOKEN": TOKEN,
    }
    python = ROOT / ".venv" / "bin" / "python"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [python, "-m", "actions"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/health", process)
            yield f"http://127.0.0.1:{port}/webhook"
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
