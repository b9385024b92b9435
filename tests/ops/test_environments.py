"""An environment is built once, rebuilt when half-built, and followed when its lock changes."""

import sys
from pathlib import Path

import pytest

from ops import environments, stamps
from ops.environments import Environment
from ops.progress import Remedy

# makes what `uv venv` makes, and notes what it was called for
UV = """#!/bin/sh
echo "$1 $2" >> {log}
for last; do :; done
case "$1" in
venv) rm -rf "$last"; {python} -m venv --without-pip "$last" ;;
pip) exit {fails} ;;
esac
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def world(tmp_path: Path) -> Environment:
    lock = tmp_path / "requirements.lock"
    lock.write_text("one==1\n")
    return Environment(
        title="a world", folder=tmp_path / "world", lock=lock, find_python=lambda _: Path()
    )


def build(world: Environment, log: Path, *, fails: int = 0) -> list[str]:
    uv = log.with_name("uv")
    uv.write_text(UV.format(log=log, python=sys.executable, fails=fails))
    uv.chmod(0o755)
    log.write_text("")
    environments.build(world, uv=uv, env={})
    return [line.split()[0] for line in log.read_text().splitlines()]


def test_a_new_one_is_made_and_then_ready(world: Environment, log: Path) -> None:
    assert not environments.is_ready(world)
    assert build(world, log) == ["venv", "pip"]
    assert environments.is_ready(world)


def test_a_changed_lock_updates_the_one_that_is_there(world: Environment, log: Path) -> None:
    build(world, log)
    world.lock.write_text("one==2\n")
    assert not environments.is_ready(world)
    assert build(world, log) == ["pip"]


def test_one_made_by_hand_is_taken_over(world: Environment, log: Path) -> None:
    build(world, log)
    world.stamp.unlink()
    assert build(world, log) == ["pip"]


def test_a_failed_build_is_not_ready_and_starts_anew(world: Environment, log: Path) -> None:
    with pytest.raises(Remedy, match="package index"):
        build(world, log, fails=1)
    assert stamps.read(world.stamp) == stamps.UNFINISHED
    assert build(world, log) == ["venv", "pip"]


def test_both_worlds_find_the_root(world: Environment, log: Path) -> None:
    build(world, log)
    (pth,) = world.folder.glob("lib/python3*/site-packages/sportello.pth")
    assert Path(pth.read_text().strip(), "handoff").is_dir()
