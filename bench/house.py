"""The scaled mode on a fresh PostgreSQL that waits for its disk, its programs within reach."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.programs import Programs, programs
from ops import equipment, ports, scaled, settings
from ops.layout import Layout, Program
from ops.places import OUR_PYTHON, ROOT
from ops.postgres import Server
from ops.progress import quiet_environment


@dataclass
class House:
    running: Programs
    layout: Layout
    server: Server

    def start(self, program: Program) -> None:
        self.running.start(program.name, *program.command, settings=program.settings)

    def named(self, name: str) -> Program:
        return next(each for each in self.layout.programs() if each.name == name)

    def pids(self) -> dict[str, list[int]]:
        """Of each kind of program; the database's is its first process, parent of the others."""
        found: dict[str, list[int]] = defaultdict(list)
        for program in self.layout.programs():
            found[program.kind].append(self.running.children[program.name].pid)
        return {**found, "postgres": [self.server.process]}


@contextlib.contextmanager
def scaled_house(*, webs: int = 2, workers: int = 3, bots: int = 2) -> Iterator[House]:
    layout = Layout.of(tuple(ports.choose(webs)), workers=workers, bots=bots)
    with _folder() as folder, _folder() as data:
        (port,) = ports.choose(1)
        server = Server(equipment.postgres_programs(), data, port, scaled.CONNECTIONS)
        with server.running() as url:
            env = _environment(folder, url) | layout.shared()
            subprocess.run([OUR_PYTHON, "-m", "handoff", "migrate"], cwd=ROOT, env=env, check=True)
            with programs(env, folder=folder) as running:
                house = House(running, layout, server)
                for program in layout.programs():
                    house.start(program)
                for address in layout.addresses:
                    running.wait_for(f"{address}/readyz")
                for bot in layout.bots:
                    running.wait_for(f"http://127.0.0.1:{bot}/webhooks/handoff/health")
                yield house


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="sportello-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path, url: str) -> dict[str, str]:
    chosen = {"SPORTELLO_LIMITS": "off", "SPORTELLO_CHANNELS": "webchat"}
    if models := os.environ.get("SPORTELLO_MODELS"):
        chosen["SPORTELLO_MODELS"] = models
    secrets = settings.generate(folder / "secrets.env")
    return quiet_environment() | secrets | chosen | scaled.at(url)
