"""`make test` and `make torture`: set-up, a trained model, then the tests; each outcome counts."""

import subprocess
import time
from pathlib import Path

from ops import bootstrap, equipment, training
from ops.places import BOT_PYTHON, OUR_PYTHON, ROOT
from ops.progress import quiet_environment, say, wait

OURS = (OUR_PYTHON, "-m", "pytest", "-q")
SIDE_BY_SIDE = (*OURS, "-n", "2", "--dist", "loadfile")  # a file shares its servers
BOTS = (BOT_PYTHON, "-m", "pytest", "-q", "-c", "tests/bot/pytest.ini", "--rootdir=.", "tests/bot")


def run_all() -> int:
    bootstrap.prepare()
    env = _environment()
    training.train()
    suites = {
        "the bot's tests": BOTS,
        "our tests": (*SIDE_BY_SIDE, "-m", "not e2e and not slow and not torture", "tests"),
        # a browser's driver keeps an event loop running, which others' tests would meet
        "the browser's tests": (*OURS, "-m", "e2e and not torture", "tests"),
        # they start many processes and look at the clock: one after the other
        "our slow tests": (*OURS, "-m", "slow and not torture", "tests"),
    }
    return _outcome(suites, env=env)


def run_fast() -> int:
    """What needs neither a browser nor several processes."""
    bootstrap.prepare()
    command = (*SIDE_BY_SIDE, "-m", "not e2e and not slow and not torture", "tests")
    return _outcome({"our fast tests": command}, env=quiet_environment())


def torture() -> int:
    """What takes minutes: real processes are killed under load, then the deep tests."""
    bootstrap.prepare()
    training.train()
    suites = {
        "the torture": (OUR_PYTHON, "-m", "tests.torture"),
        "our deep tests": (*OURS, "-m", "torture", "tests"),
    }
    return _outcome(suites, env=_environment())


def _environment() -> dict[str, str]:
    found = quiet_environment() | {"CHROMIUM": str(equipment.chromium())}
    if programs := equipment.postgres():
        found["PATH"] = f"{programs}:{found['PATH']}"
    return found


def _outcome(suites: dict[str, tuple[str | Path, ...]], *, env: dict[str, str]) -> int:
    failed = [title for title, command in suites.items() if _run(title, command, env=env)]
    say(f"Failed: {', '.join(failed)}." if failed else "All tests passed.")
    return 1 if failed else 0


def _run(title: str, command: tuple[str | Path, ...], *, env: dict[str, str]) -> int:
    began = time.monotonic()
    say(f"Running {title} …")
    code = wait(subprocess.Popen(command, cwd=ROOT, env=env))
    outcome = "failed" if code else "passed"
    say(f"{title.capitalize()}: {outcome} in {time.monotonic() - began:.0f} s.")
    return code
