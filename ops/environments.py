"""The two worlds' virtual environments, built exactly from their hashed locks."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ops import stamps
from ops.places import ROOT
from ops.progress import Command, call

REMEDY = (
    "Check that a package index is reachable (pip's or uv's settings) and that the disk has 4 GB "
    "free, then run the same command again: it goes on where it stopped."
)


@dataclass(frozen=True)
class Environment:
    title: str
    folder: Path
    lock: Path
    find_python: Callable[[Path], Path]

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        return self.folder / ".sportello"

    @property
    def wanted(self) -> str:
        """Scripts of an environment name its folder: a moved one is another one."""
        return stamps.digest([self.lock], salt=str(self.folder))


def is_ready(environment: Environment) -> bool:
    return environment.python.exists() and stamps.read(environment.stamp) == environment.wanted


def build(environment: Environment, *, uv: Path, env: dict[str, str]) -> None:
    if not _is_whole(environment):
        _create(environment, uv=uv, env=env)
    stamps.write(environment.stamp, stamps.UNFINISHED)
    sync: Command = [uv, "pip", "sync", "--require-hashes", "--python", environment.python]
    quiet = [] if sys.stderr.isatty() else ["--quiet"]  # bars for people, no lists for logs
    call(environment.title, [*sync, *quiet, environment.lock], remedy=REMEDY, env=env)
    _show_root(environment)
    stamps.write(environment.stamp, environment.wanted)


def _is_whole(environment: Environment) -> bool:
    """An interrupted build may have left half a package: only a finished one is updated."""
    if stamps.read(environment.stamp) == stamps.UNFINISHED:
        return False
    try:
        script = f"import sys; sys.exit(sys.prefix != {str(environment.folder)!r})"
        return (
            subprocess.run([environment.python, "-I", "-c", script], check=False).returncode == 0
        )
    except OSError:
        return False


def _create(environment: Environment, *, uv: Path, env: dict[str, str]) -> None:
    python = environment.find_python(uv)
    make: Command = [uv, "venv", "-q", "--clear", "--python", python, environment.folder]
    title = f"An environment from {python}"
    call(title, make, remedy="Remove the folder and try again.", env=env)


def _show_root(environment: Environment) -> None:
    """Lets `import italian, journal, handoff, bot, actions` work from both worlds."""
    for packages in environment.folder.glob("lib/python3.*/site-packages"):
        (packages / "sportello.pth").write_text(f"{ROOT}\n")
