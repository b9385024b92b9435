"""Real processes of ours, started and stopped by tests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
PATIENCE = 120.0  # seconds until a process must serve; with a cold disk Rasa takes one minute
BOT_TOKEN, INTERNAL_TOKEN = "b" * 32, "i" * 32


class Serving:
    """One process and the address at which it tells that it lives."""

    def __init__(self, command: list[str], environment: dict[str, str], alive: str) -> None:
        self._command = command
        self._environment = {**os.environ, **environment}
        self._alive = alive
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL
        )

    def once(self, *command: str) -> str:
        """What another program says in the same environment."""
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def wait_until_alive(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._is_alive():
            if self._process and self._process.poll() is not None:
                raise RuntimeError(f"{self._command} ended with {self._process.returncode}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self._command} does not serve")
            time.sleep(0.05)

    def _is_alive(self) -> bool:
        try:
            return httpx.get(self._alive, timeout=1).is_success
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """kill -9: nothing can be cleaned up."""
        self.stop(signal.SIGKILL)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(30)
        self._process = None


@contextmanager
def running(*processes: Serving) -> Iterator[None]:
    """All of them alive; all of them gone afterwards."""
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.wait_until_alive()
        yield
    finally:
        for process in processes:
            process.stop()


def handoff(*, port: int, database_url: str, bot_url: str, **more: str) -> Serving:
    """The service."""
    url = f"http://127.0.0.1:{port}"
    environment = _ours(database_url, bot_url) | {"SPORTELLO_PORT": str(port)} | more
    environment.setdefault("SPORTELLO_PUBLIC_URL", url)
    return Serving([sys.executable, "-m", "handoff", "serve"], environment, url + "/healthz")


def worker(*, port: int, database_url: str, bot_url: str, **more: str) -> Serving:
    """Workers apart; `port` is for their numbers."""
    environment = _ours(database_url, bot_url) | {"SPORTELLO_METRICS_PORT": str(port)} | more
    alive = f"http://127.0.0.1:{port}/metrics"
    return Serving([sys.executable, "-m", "handoff", "worker"], environment, alive)


def _ours(database_url: str, bot_url: str) -> dict[str, str]:
    return {
        "SPORTELLO_DATABASE_URL": database_url,
        "SPORTELLO_BOT_URL": bot_url,
        "SPORTELLO_BOT_TOKEN": BOT_TOKEN,
        "SPORTELLO_INTERNAL_TOKEN": INTERNAL_TOKEN,
    }


def actions(*, port: int, handoff_url: str) -> Serving:
    """The action server."""
    environment = {
        "SPORTELLO_ACTIONS_PORT": str(port),
        "SPORTELLO_HANDOFF_URL": handoff_url,
        "SPORTELLO_INTERNAL_TOKEN": INTERNAL_TOKEN,
    }
    alive = f"http://127.0.0.1:{port}/health"
    return Serving([sys.executable, "-m", "actions"], environment, alive)


def bot(*, port: int, actions_url: str, database_url: str) -> Serving:
    """The Rasa server with the newest trained model."""
    environment = {
        "SPORTELLO_BOT_PORT": str(port),
        "SPORTELLO_BOT_TOKEN": BOT_TOKEN,
        "SPORTELLO_ACTIONS_URL": f"{actions_url}/webhook",
        "SPORTELLO_BOT_DATABASE_URL": database_url.replace("+aiosqlite", ""),
        "RASA_TELEMETRY_ENABLED": "false",
    }
    command = [str(ROOT / "bot" / ".venv" / "bin" / "python"), "-m", "bot.server"]
    alive = f"http://127.0.0.1:{port}/webhooks/handoff/health"
    return Serving(command, environment, alive)
