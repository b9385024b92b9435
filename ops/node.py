"""Front-end packages: the system's Node, else the one that the package index carries."""

import os
import shutil
import subprocess
from pathlib import Path

from ops import stamps
from ops.places import ROOT, VAR
from ops.progress import Command, call

OLDEST = 20
OWN = VAR / "node-venv"
LOCK = ROOT / "ops" / "node.lock"
STAMP = ROOT / "node_modules" / ".sportello"
REMEDY = (
    "Check that an npm registry is reachable (npm's settings), then run the same command again."
)
REMEDY_NODE = (
    f"Install Node {OLDEST} or later so that `node` and `npm` are on the PATH, "
    "or check that a package index is reachable."
)


def is_ready() -> bool:
    return stamps.read(STAMP) == _wanted()


def _wanted() -> str:
    return stamps.digest([ROOT / "package-lock.json", ROOT / "package.json"])


def install(*, uv: Path, env: dict[str, str]) -> None:
    path = env.get("PATH", os.defpath)
    if not is_recent(path):
        path = f"{_own_node(uv=uv, env=env)}{os.pathsep}{path}"
    npm = shutil.which("npm", path=path) or "npm"
    call(
        "Front-end packages",
        [npm, "ci", "--loglevel=error"],
        remedy=REMEDY,
        env=env | {"PATH": path},
    )
    stamps.write(STAMP, _wanted())


def is_recent(path: str) -> bool:
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not (node and npm):
        return False
    asked = subprocess.run([node, "--version"], check=False, capture_output=True, text=True)
    major = asked.stdout.strip().removeprefix("v").partition(".")[0]
    return major.isdecimal() and int(major) >= OLDEST


def _own_node(*, uv: Path, env: dict[str, str]) -> Path:
    make: Command = [uv, "venv", "-q", "--clear", OWN]
    call(f"No Node {OLDEST}: an environment for it in var/", make, remedy=REMEDY_NODE, env=env)
    sync: Command = [
        uv,
        "pip",
        "sync",
        "--require-hashes",
        "--python",
        OWN / "bin" / "python",
        LOCK,
    ]
    call("Node from the package index", sync, remedy=REMEDY_NODE, env=env)
    return OWN / "bin"
