"""From a fresh clone to everything installed; a second time it only looks."""

import sys
from pathlib import Path

from ops import environments, node, pythons, stamps, uv
from ops.environments import Environment
from ops.places import BOTS, OURS, ROOT, VAR

ENVIRONMENTS = (
    Environment(
        title="Our world's packages into .venv",
        folder=OURS,
        lock=ROOT / "requirements-dev.lock",
        find_python=lambda _: Path(sys.executable),
    ),
    Environment(
        title="Rasa's packages into bot/.venv (2.7 GB, one to five minutes the first time)",
        folder=BOTS,
        lock=ROOT / "bot" / "requirements-dev.lock",
        find_python=pythons.find,
    ),
)


def prepare() -> None:
    if _all_ready():
        return
    with stamps.turn(VAR / "setup.lock"):
        _build_missing()


def _all_ready() -> bool:
    return node.is_ready() and all(map(environments.is_ready, ENVIRONMENTS))


def _build_missing() -> None:
    missing = [each for each in ENVIRONMENTS if not environments.is_ready(each)]
    if not missing and node.is_ready():
        return  # the other set-up that this one waited for did it
    program, env = uv.find(), uv.environment()
    for environment in missing:
        environments.build(environment, uv=program, env=env)
    if not node.is_ready():
        node.install(uv=program, env=env)
