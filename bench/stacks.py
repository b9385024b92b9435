"""The two sides, each on a fresh database: all of ours, and Rasa as its documentation runs it."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml

from bench.faces import Door, Rest, WebChat
from bench.memory import resident_mb
from bench.programs import Programs, programs
from bench.wire import Wire
from ops import ports, scaled, settings
from ops.places import BOT_PYTHON, MODELS, OUR_PYTHON, ROOT
from ops.progress import quiet_environment

LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=100)


@dataclass
class Stack:
    running: Programs
    counted: tuple[str, ...]  # programs whose memory counts
    start_s: float

    def memory_mb(self) -> float:
        return resident_mb(self.running.pids(self.counted))


@contextlib.contextmanager
def ours(folder: Path, *, database: str = "") -> Iterator[tuple[Stack, WebChat, Door]]:
    """On SQLite in the folder, or on `database`, a PostgreSQL server's."""
    env = environment(folder) | (scaled.at(database) if database else {})
    migrate(env)
    with programs(env, folder=folder) as running:
        began = time.monotonic()
        running.start("bot", BOT_PYTHON, "-m", "bot.server")
        running.start("actions", OUR_PYTHON, "-m", "actions")
        running.start("handoff", OUR_PYTHON, "-m", "handoff", "serve")
        running.wait_for(f"{env['SPORTELLO_HANDOFF_URL']}/readyz")
        stack = Stack(running, ("bot", "actions", "handoff"), time.monotonic() - began)
        chat = WebChat(Wire(env["SPORTELLO_HANDOFF_URL"]))
        yield stack, chat, Door(Wire(env["SPORTELLO_BOT_URL"]), env["SPORTELLO_BOT_TOKEN"])


@contextlib.contextmanager
def stock(folder: Path) -> Iterator[tuple[Stack, Rest]]:
    """Its look-ups go to our action server, which reads from a service that does nothing else."""
    env = environment(folder)
    migrate(env)
    with programs(env | {"SPORTELLO_WORKERS": "0"}, folder=folder) as running:
        running.start("actions", OUR_PYTHON, "-m", "actions")
        running.start("handoff", OUR_PYTHON, "-m", "handoff", "serve")
        running.wait_for(f"{env['SPORTELLO_HANDOFF_URL']}/healthz")
        began = time.monotonic()
        running.start("rasa", *_rasa_run(folder, env=env))
        running.wait_for(env["SPORTELLO_BOT_URL"])
        yield (
            Stack(running, ("rasa", "actions"), time.monotonic() - began),
            Rest(Wire(env["SPORTELLO_BOT_URL"])),
        )


def environment(folder: Path) -> dict[str, str]:
    """Fresh secrets, ports and database; no flood limits, which stock Rasa has not either."""
    known = settings.generate(folder / "secrets.env") | {
        "SPORTELLO_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/sportello.db",
        "SPORTELLO_BOT_DATABASE_URL": f"sqlite:///{folder}/sportello.db",
        "SPORTELLO_LIMITS": "off",
        "SPORTELLO_CHANNELS": "webchat",
    }
    (port,) = ports.choose(1)
    return settings.with_addresses(quiet_environment() | known, port=port)


def migrate(env: dict[str, str]) -> None:
    subprocess.run([OUR_PYTHON, "-m", "handoff", "migrate"], cwd=ROOT, env=env, check=True)


def _rasa_run(folder: Path, *, env: dict[str, str]) -> list[str | Path]:
    endpoints = folder / "endpoints.yml"
    endpoints.write_text(
        yaml.safe_dump(
            {
                "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": f"{folder}/rasa.db"},
                "action_endpoint": {"url": env["SPORTELLO_ACTIONS_URL"]},
            }
        )
    )
    credentials = folder / "credentials.yml"
    credentials.write_text("rest:\n")
    return [
        *(BOT_PYTHON, "-m", "rasa", "run", "--model", newest_model()),
        *("--endpoints", endpoints, "--credentials", credentials),
        *("--interface", "127.0.0.1", "--port", env["SPORTELLO_BOT_PORT"]),
    ]


def newest_model() -> Path:
    return max(MODELS.glob("*.tar.gz"))  # names begin with the moment of training


def client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=60, limits=LIMITS, trust_env=False)
