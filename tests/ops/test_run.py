"""`make run` as a newcomer types it: everything starts, says where it is, and leaves nothing."""

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops import ports
from ops.places import ROOT
from tests.ops.processes import command_line, kill, marked, wait_until

pytestmark = pytest.mark.slow


class Run:
    """`make run` in a process group of its own, as a terminal would start it."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.out = var / "out"
        (self.port,) = ports.choose(1)
        env = os.environ | {"SPORTELLO_VAR": str(var), "PORT": str(self.port)}
        with self.out.open("ab") as out:
            self.make = subprocess.Popen(
                ["make", "run"], cwd=ROOT, env=env, stdout=out, stderr=out, process_group=0
            )

    def said(self) -> str:
        return self.out.read_text(errors="replace")

    def wait_for(self, words: str, *, seconds: float) -> None:
        def there() -> bool:
            assert self.make.poll() is None, self.said()
            return words in self.said()

        wait_until(there, seconds=seconds)

    def living(self) -> set[int]:
        return marked(f"SPORTELLO_VAR={self.var}\0")

    def pid_of(self, module: str) -> int | None:
        words = f"-m\0{module}\0".encode()
        return next((pid for pid in self.living() if words in command_line(pid)), None)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    started = Run(tmp_path)
    yield started
    for pid in started.living():
        kill(pid)
    started.make.wait()


def test_it_serves_says_where_and_leaves_nothing_after_ctrl_c(run: Run) -> None:
    run.wait_for("Ctrl-C stops everything", seconds=120)
    said = run.said()
    assert f"http://localhost:{run.port}/chat" in said
    assert f"http://localhost:{run.port}/panel" in said
    assert said.count("login: ") == 1
    with urllib.request.urlopen(f"http://127.0.0.1:{run.port}/chat", timeout=5) as page:
        assert page.status == 200

    before = run.pid_of("bot.server")
    assert before
    kill(before)
    wait_until(lambda: run.pid_of("bot.server") not in {None, before}, seconds=10)

    began = time.monotonic()
    os.killpg(run.make.pid, signal.SIGINT)
    run.make.wait()
    assert time.monotonic() - began < 10
    assert run.living() == set()


def test_the_log_in_is_printed_once_and_the_second_start_trains_nothing(tmp_path: Path) -> None:
    first, second = _told_by_a_start(tmp_path), _told_by_a_start(tmp_path)
    assert (first + second).count("login: ") == 1
    assert "Training" not in second


def _told_by_a_start(var: Path) -> str:
    started = Run(var)
    started.wait_for("Ctrl-C stops everything", seconds=300)  # may train first
    os.killpg(started.make.pid, signal.SIGTERM)
    started.make.wait()
    assert started.living() == set()
    told = started.said()
    started.out.unlink()
    return told


def test_a_killed_make_leaves_nothing(run: Run) -> None:
    run.wait_for("Starting bot", seconds=300)  # may train first
    run.make.kill()
    wait_until(lambda: not run.living(), seconds=10)


def test_a_taken_port_is_told(run: Run, tmp_path: Path) -> None:
    run.wait_for("Starting bot", seconds=300)  # may train first
    wait_until(lambda: not ports.is_free(run.port), seconds=30)
    env = os.environ | {"SPORTELLO_VAR": str(tmp_path / "other"), "PORT": str(run.port)}
    second = subprocess.run(
        ["make", "run"], cwd=ROOT, env=env, check=False, capture_output=True, text=True
    )
    assert second.returncode != 0
    assert f"Port {run.port} is in use" in second.stderr
