"""A throw-away Sportello on free ports with a database of its own, gone at the end."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
PATIENCE = 120.0  # seconds for a start: the model is loaded on a busy machine
LAST_LINES = 15


class StackFailed(RuntimeError):
    """A program did not start; the sentence holds the end of its log."""


@dataclass(frozen=True)
class Door:
    url: str
    token: str


@contextlib.contextmanager
def door() -> Iterator[Door]:
    """The first bot that SPORTELLO_BOT_URL names, or one started for this evaluation."""
    if url := os.environ.get("SPORTELLO_BOT_URL", "").partition(",")[0].strip():
        yield Door(url.rstrip("/"), os.environ.get("SPORTELLO_BOT_TOKEN", ""))
        return
    with tempfile.TemporaryDirectory(prefix="sportello-eval-") as folder:
        yield from _throw_away(Path(folder))


def _throw_away(folder: Path) -> Iterator[Door]:
    bot, actions, service = _free_ports(3)
    environment = _environment(folder, bot=bot, actions=actions, service=service)
    subprocess.run(
        [sys.executable, "-m", "handoff", "migrate"], env=environment, cwd=ROOT, check=True
    )
    with contextlib.ExitStack() as running:
        for name, port, command in (
            ("service", service, [sys.executable, "-m", "handoff", "serve"]),
            ("actions", actions, [sys.executable, "-m", "actions"]),
            ("bot", bot, [str(BOT_PYTHON), "-m", "bot.server"]),
        ):
            running.enter_context(_program(name, command, environment, folder, port=port))
        yield Door(f"http://127.0.0.1:{bot}", environment["SPORTELLO_BOT_TOKEN"])


def _environment(folder: Path, *, bot: int, actions: int, service: int) -> dict[str, str]:
    file = folder / "evaluation.db"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("SPORTELLO_")}
    chosen = ("SPORTELLO_MODELS", "SPORTELLO_DATA")
    return {
        **kept,
        **{key: os.environ[key] for key in chosen if key in os.environ},
        "RASA_TELEMETRY_ENABLED": "false",
        "SPORTELLO_DATABASE_URL": f"sqlite+aiosqlite:///{file}",
        "SPORTELLO_BOT_DATABASE_URL": f"sqlite:///{file}",
        "SPORTELLO_BOT_PORT": str(bot),
        "SPORTELLO_BOT_URL": f"http://127.0.0.1:{bot}",
        "SPORTELLO_BOT_TOKEN": secrets.token_hex(32),
        "SPORTELLO_ACTIONS_PORT": str(actions),
        "SPORTELLO_ACTIONS_URL": f"http://127.0.0.1:{actions}/webhook",
        "SPORTELLO_INTERNAL_TOKEN": secrets.token_hex(32),
        "SPORTELLO_HANDOFF_URL": f"http://127.0.0.1:{service}",
        "SPORTELLO_PORT": str(service),
        "SPORTELLO_CHANNELS": "webchat",
        "SPORTELLO_WORKERS": "0",
        "SPORTELLO_LIMITS": "off",
    }


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as taken:
        sockets = [taken.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextlib.contextmanager
def _program(
    name: str, command: list[str], environment: Mapping[str, str], folder: Path, *, port: int
) -> Iterator[None]:
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(environment), stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_answering(name, process, log, port=port)
            yield
        finally:
            _stop(process)


def _wait_until_answering(
    name: str, process: subprocess.Popen[bytes], log: Path, *, port: int
) -> None:
    until = time.monotonic() + PATIENCE
    with httpx.Client(trust_env=False, timeout=2) as client:
        while time.monotonic() < until:
            if process.poll() is not None:
                break
            with contextlib.suppress(httpx.TransportError):
                client.get(f"http://127.0.0.1:{port}/")
                return
            time.sleep(0.1)
    last = log.read_text("utf-8", "replace").splitlines()[-LAST_LINES:]
    raise StackFailed(f"The {name} did not start:\n" + "\n".join(last))


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
