"""Finds the Python 3.10 that Rasa needs, wherever it hides."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from ops.progress import Command, Remedy, call

WANTED = "3.10"
REMEDY = (
    "Rasa needs Python 3.10 beside yours: install it (`pyenv install 3.10`, or the package "
    "python3.10 of your system) or name it: `SPORTELLO_PYTHON310=/path/to/python3.10 make run`."
)


def find(uv: Path, *, environ: Mapping[str, str] | None = None, home: Path | None = None) -> Path:
    environ = os.environ if environ is None else environ
    named = environ.get("SPORTELLO_PYTHON310")
    if named and not runs(Path(named)):
        raise Remedy(
            f"SPORTELLO_PYTHON310 is {named}, which does not run as Python 3.10. {REMEDY}"
        )
    for candidate in _candidates(uv, environ=environ, home=home or Path.home()):
        if runs(candidate):
            return candidate
    return _install(uv)


def _candidates(uv: Path, *, environ: Mapping[str, str], home: Path) -> Iterator[Path]:
    if named := environ.get("SPORTELLO_PYTHON310"):
        yield Path(named)
    if on_path := shutil.which(f"python{WANTED}", path=environ.get("PATH")):
        yield Path(on_path)
    for root in (environ.get("PYENV_ROOT"), home / ".pyenv"):
        if root:  # also the versions that pyenv has not activated
            yield from sorted(Path(root).glob(f"versions/{WANTED}.*/bin/python"), reverse=True)
    yield from _of_uv(uv)


def _of_uv(uv: Path) -> Iterator[Path]:
    asked: Command = [uv, "python", "find", "--system", "--no-python-downloads", WANTED]
    try:
        found = subprocess.run(asked, check=False, capture_output=True, text=True)
    except OSError:
        return
    if found.returncode == 0 and found.stdout.strip():
        yield Path(found.stdout.strip())


def runs(python: Path) -> bool:
    """A shim may stand on the PATH without running, a build may lack ssl: only a try tells."""
    script = "import ssl, venv, sys; print('%d.%d' % sys.version_info[:2])"
    try:
        tried = subprocess.run(
            [python, "-I", "-c", script], check=False, capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.stdout.strip() == WANTED


def _install(uv: Path) -> Path:
    call("Python 3.10 by uv", [uv, "python", "install", WANTED], remedy=REMEDY)
    for candidate in _of_uv(uv):
        if runs(candidate):
            return candidate
    raise Remedy(REMEDY)
