"""`make lock`: every package pinned by hashes, no host named: any mirror can serve them."""

from pathlib import Path

from ops import uv
from ops.places import ROOT
from ops.progress import Command, call

STYLE = (
    *("--generate-hashes", "--universal", "--quiet"),
    *("--no-header", "--no-annotate", "--no-emit-index-url"),
)
REMEDY = "Loosen the requirement that it names in pyproject.toml or bot/pyproject.toml."


def compile_all() -> None:
    program = uv.find()
    _compile(program, folder=ROOT, python="3.11")
    _compile(program, folder=ROOT / "bot", python="3.10")
    pin: Command = [program, "pip", "compile", "node.in", *STYLE, "--python-version", "3.11"]
    _call(pin, folder=ROOT / "ops", lock="node.lock")


def _compile(program: Path, *, folder: Path, python: str) -> None:
    """What runs in production, then the same versions with the tools of development."""
    pin: Command = [
        program,
        "pip",
        "compile",
        "pyproject.toml",
        *STYLE,
        "--python-version",
        python,
    ]
    _call(pin, folder=folder, lock="requirements.lock")
    more = ["--group", "dev", "--constraint", "requirements.lock"]
    _call([*pin, *more], folder=folder, lock="requirements-dev.lock")


def _call(pin: Command, *, folder: Path, lock: str) -> None:
    title = f"{(folder / lock).relative_to(ROOT)}"
    call(title, [*pin, "--output-file", lock], remedy=REMEDY, cwd=folder)
