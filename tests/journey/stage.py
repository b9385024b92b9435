"""The whole product with its trained bot, started as `make run` starts it, on free ports."""

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops import ports, readiness
from ops import settings as ops_settings
from ops.places import MODELS, OUR_PYTHON, ROOT
from ops.progress import Remedy, quiet_environment, say
from ops.supervision import supervised

PATIENCE = 180.0  # seconds until everything serves; from a cold disk Rasa takes more than one
KEPT = ("SPORTELLO_MODELS", "SPORTELLO_DATA")  # of the caller's settings
SECRETS = {"SPORTELLO_BOT_TOKEN": "b" * 32, "SPORTELLO_INTERNAL_TOKEN": "i" * 32}


@dataclass(frozen=True, slots=True)
class Stage:
    url: str
    database_url: str
    email: str
    password: str


@contextmanager
def stage(folder: Path, channels: Mapping[str, str]) -> Iterator[Stage]:
    """State lies in `folder`; `channels` leads every channel to its fake."""
    [port] = ports.choose(1)
    env = environment(folder, port=port, channels=channels)
    _require_model(env)
    _handoff("migrate", env=env)
    login = _handoff("add-operator", "--email", "rita@example.it", "--name", "Rita", env=env)
    _, email, password = login.split()
    with supervised(env, logs=folder / "log") as supervisor:
        _await_ready(port, supervisor, logs=folder / "log")
        yield Stage(f"http://127.0.0.1:{port}", env["SPORTELLO_DATABASE_URL"], email, password)


def environment(folder: Path, *, port: int, channels: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the hospital's own: neither its database nor its accounts."""
    surroundings = quiet_environment()
    ours = {
        name: value
        for name, value in surroundings.items()
        if not name.startswith("SPORTELLO_") or name in KEPT
    }
    database = f"{folder / 'demo.db'}"
    known = {
        **ours,
        **SECRETS,
        **channels,
        "SPORTELLO_DATABASE_URL": f"sqlite+aiosqlite:///{database}",
        "SPORTELLO_BOT_DATABASE_URL": f"sqlite:///{database}",
    }
    return ops_settings.with_addresses(known, port=port)


def _require_model(env: Mapping[str, str]) -> None:
    """Before minutes of waiting for a bot that cannot start."""
    if not any(Path(env.get("SPORTELLO_MODELS") or MODELS).glob("*.tar.gz")):
        raise Remedy("There is no trained model: `make demo-channels` or `make train` makes one.")


def _handoff(command: str, *arguments: str, env: Mapping[str, str]) -> str:
    done = subprocess.run(
        [OUR_PYTHON, "-m", "handoff", command, *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Remedy(f"`handoff {command}` failed: {done.stderr[-500:]}")
    return done.stdout.strip()


def _await_ready(port: int, supervisor: subprocess.Popen[bytes], *, logs: Path) -> None:
    say("Starting the trained bot, the actions and the service …")
    began = time.monotonic()
    while (state := readiness.ask(port)).starting:
        if supervisor.poll() is not None or time.monotonic() - began > PATIENCE:
            raise Remedy(f"The product does not start ({state}). {_last_words(logs)}")
        time.sleep(0.2)
    say(f"Ready in {time.monotonic() - began:.0f} s.")


def _last_words(logs: Path) -> str:
    """The logs are gone with their folder: what they ended with is said here."""
    ends = {file.stem: file.read_text(errors="replace")[-400:] for file in logs.glob("*.log")}
    return "\n".join(f"{name}: {end.strip()}" for name, end in ends.items() if end.strip())
