"""`make run`: everything that is missing is made, then all of it runs until Ctrl-C."""

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ops import bootstrap, ports, readiness, settings, training
from ops.places import LOGS, OUR_PYTHON, ROOT, VAR
from ops.progress import Remedy, say
from ops.supervision import supervised

START = 60  # seconds after which it says what is missing, and goes on waiting
LOOK = 5  # seconds between two looks at the health of a running service


def run() -> None:
    with only_one_here():
        port = ports.wanted(os.environ)
        ports.require_free(port)
        bootstrap.prepare()
        env = settings.with_addresses(settings.environment(), port=port)
        # a wrong setting is told now, not after the training and a minute of waiting
        handoff("channels", "--offline", env=env, quietly=True)
        handoff("migrate", env=env)
        training.train(prepare=lambda: snapshot(env))
        with supervised(env) as supervisor:
            await_ready(supervisor, webs=(port,))
            _welcome(port, env=env)
            watch(supervisor, webs=(port,))


@contextlib.contextmanager
def only_one_here() -> Iterator[None]:
    VAR.mkdir(exist_ok=True)
    with (VAR / "run.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise Remedy("Sportello already runs from this folder: stop it there first.") from busy
        yield


def handoff(command: str, *arguments: str, env: dict[str, str], quietly: bool = False) -> None:
    code = subprocess.run(
        [OUR_PYTHON, "-m", "handoff", command, *arguments],
        check=False,
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL if quietly else None,
    ).returncode
    if code:
        raise Remedy(f"`handoff {command}` failed: read what it says above, then run this again.")


def snapshot(env: dict[str, str]) -> Path:
    """What trainers added belongs to a model that is made here too."""
    folder = VAR / "snapshot"
    handoff("snapshot", str(folder), env=env)
    return folder


def await_ready(supervisor: subprocess.Popen[bytes], *, webs: Sequence[int]) -> None:
    say("Starting bot, actions and service …")
    began = spoke = time.monotonic()
    while state := next((found for found in map(readiness.ask, webs) if found.starting), None):
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
    handoff("first-login", env=env)
    say("Ctrl-C stops everything.")


def watch(supervisor: subprocess.Popen[bytes], *, webs: Sequence[int]) -> None:
    last = {port: readiness.ask(port) for port in webs}
    while True:
        _require_alive(supervisor)
        with contextlib.suppress(subprocess.TimeoutExpired):
            supervisor.wait(timeout=LOOK)
        for port in webs:
            now = readiness.ask(port)
            if now != last[port]:
                say(f"Port {port} now: {now}." if len(webs) > 1 else f"Now: {now}.")
            last[port] = now


def _require_alive(supervisor: subprocess.Popen[bytes]) -> None:
    if supervisor.poll() is not None:
        log = LOGS / "supervisor.log"
        raise Remedy(f"The supervisor ended by itself: see {log}, then run this again.")
