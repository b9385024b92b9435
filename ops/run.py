"""`make run`: everything that is missing is made, then all of it runs until Ctrl-C."""

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ops import bootstrap, ports, readiness, settings, training
from ops.places import LOGS, OUR_PYTHON, ROOT, VAR
from ops.progress import Remedy, say
from ops.supervision import supervised

START = 60  # seconds after which it says what is missing, and goes on waiting
LOOK = 5  # seconds between two looks at the health of a running service


def run() -> None:
    with _only_one_here():
        port = ports.wanted(os.environ)
        ports.require_free(port)
        bootstrap.prepare()
        env = settings.with_addresses(settings.environment(), port=port)
        # a wrong setting is told now, not after the training and a minute of waiting
        _handoff("channels", "--offline", env=env, quietly=True)
        _handoff("migrate", env=env)
        training.train(prepare=lambda: _snapshot(env))
        with supervised(env) as supervisor:
            _await_ready(supervisor, port=port)
            _welcome(port, env=env)
            _watch(supervisor, port=port)


@contextlib.contextmanager
def _only_one_here() -> Iterator[None]:
    VAR.mkdir(exist_ok=True)
    with (VAR / "run.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise Remedy("Sportello already runs from this folder: stop it there first.") from busy
        yield


def _handoff(command: str, *arguments: str, env: dict[str, str], quietly: bool = False) -> None:
    code = subprocess.run(
        [OUR_PYTHON, "-m", "handoff", command, *arguments],
        check=False,
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL if quietly else None,
    ).returncode
    if code:
        raise Remedy(f"`handoff {command}` failed: read what it says above, then run this again.")


def _snapshot(env: dict[str, str]) -> Path:
    """What trainers added belongs to a model that is made here too."""
    folder = VAR / "snapshot"
    _handoff("snapshot", str(folder), env=env)
    return folder


def _await_ready(supervisor: subprocess.Popen[bytes], *, port: int) -> None:
    say("Starting bot, actions and service …")
    began = spoke = time.monotonic()
    while (state := readiness.ask(port)).starting:
        _require_alive(supervisor)
        if time.monotonic() - spoke > (START if spoke == began else START / 4):
            spoke = time.monotonic()
            say(f"Still not ready ({state}); the reasons are in {LOGS}.")
        time.sleep(0.2)
    say(f"Ready in {time.monotonic() - began:.0f} s.")


def _welcome(port: int, *, env: dict[str, str]) -> None:
    sys.stdout.write(
        f"chat:  http://localhost:{port}/chat\npanel: http://localhost:{port}/panel\n"
    )
    sys.stdout.flush()
    _handoff("first-login", env=env)
    say("Ctrl-C stops everything.")


def _watch(supervisor: subprocess.Popen[bytes], *, port: int) -> None:
    last = readiness.ask(port)
    while True:
        _require_alive(supervisor)
        with contextlib.suppress(subprocess.TimeoutExpired):
            supervisor.wait(timeout=LOOK)
        now = readiness.ask(port)
        if now != last:
            say(f"Now: {now}.")
        last = now


def _require_alive(supervisor: subprocess.Popen[bytes]) -> None:
    if supervisor.poll() is not None:
        log = LOGS / "supervisor.log"
        raise Remedy(f"The supervisor ended by itself: see {log}, then run this again.")
