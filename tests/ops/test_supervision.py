"""What dies is started again, what is stopped leaves nothing, whatever was killed and how."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.places import ROOT
from ops.supervision import CONFIGURATION, supervised
from tests.ops.processes import kill, marked, wait_until

# a program with a child of its own that will not hear SIGTERM
STUBBORN = """
import os, pathlib, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "{ignore} time.sleep(600)"])
folder = pathlib.Path(os.environ["TEST_FOLDER"])
(folder / f"{name}.new").write_text(f"{{os.getpid()}} {{child.pid}}")
(folder / f"{name}.new").rename(folder / "{name}.pids")
{mine}
time.sleep(600)
"""
IGNORE = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
RUNNER = """
import pathlib, os, signal
from ops.supervision import supervised
def stop(*_): raise KeyboardInterrupt
for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT may be ignored where the tests run
    signal.signal(number, stop)
folder = pathlib.Path(os.environ["TEST_FOLDER"])
try:
    with supervised(os.environ, configuration=folder / "supervisord.conf", logs=folder) as child:
        child.wait()
except KeyboardInterrupt:
    pass
"""
NAMES = ("bot", "actions", "handoff")


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The real configuration, with small programs in the places of ours."""
    text = CONFIGURATION.read_text().replace("%(here)s", str(CONFIGURATION.parent))
    text = text.replace("stopwaitsecs = 6", "stopwaitsecs = 2")
    for name in NAMES:
        script = tmp_path / f"{name}.py"
        stubborn = name == "actions"
        script.write_text(
            STUBBORN.format(
                name=name,
                ignore=IGNORE if stubborn else "import time;",
                mine="signal.signal(signal.SIGTERM, signal.SIG_IGN)" if stubborn else "",
            )
        )
        command = rf"(\[program:{name}\]\ncommand = .* SIGKILL) .*"
        text = re.sub(command, rf'\1 "{sys.executable}" "{script}"', text)
    (tmp_path / "supervisord.conf").write_text(text)
    env = {"TEST_FOLDER": str(tmp_path), "PATH": "/usr/bin:/bin"}
    child = subprocess.Popen([sys.executable, "-c", RUNNER], cwd=ROOT, env=env, process_group=0)
    wait_until(lambda: all((tmp_path / f"{name}.pids").exists() for name in NAMES))
    yield child
    for pid in marked(str(tmp_path)):
        kill(pid)
    child.wait()


def pids(folder: Path, name: str) -> list[int]:
    return [int(word) for word in (folder / f"{name}.pids").read_text().split()]


def test_nobody_else_on_the_machine_reads_the_logs(tmp_path: Path) -> None:
    logs = tmp_path / "log"
    logs.mkdir(mode=0o755)  # by an earlier version
    with supervised(os.environ, configuration=tmp_path / "none.conf", logs=logs):
        assert logs.stat().st_mode & 0o777 == 0o700


def test_what_dies_is_started_again(runner: subprocess.Popen[bytes], tmp_path: Path) -> None:
    for name in NAMES:
        before = pids(tmp_path, name)
        kill(before[0])
        wait_until(lambda name=name, before=before: pids(tmp_path, name) != before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_nothing_within_ten_seconds(
    runner: subprocess.Popen[bytes], tmp_path: Path, number: signal.Signals
) -> None:
    began = time.monotonic()
    runner.send_signal(number)
    runner.wait(20)
    assert time.monotonic() - began < 10
    wait_until(lambda: not marked(str(tmp_path)), seconds=1)


def test_a_killed_runner_leaves_nothing(runner: subprocess.Popen[bytes], tmp_path: Path) -> None:
    runner.kill()
    runner.wait()
    wait_until(lambda: not marked(str(tmp_path)), seconds=10)


def test_a_killed_supervisor_leaves_no_program(
    runner: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    programs = {pids(tmp_path, name)[0] for name in NAMES}
    kill(int((tmp_path / "supervisor.pid").read_text()))
    wait_until(lambda: not programs & marked(str(tmp_path)), seconds=5)
