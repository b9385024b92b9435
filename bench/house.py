"""The scaled mode on a fresh PostgreSQL that waits for its disk, its programs within reach."""

import contextlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import stacks
from bench.programs import PREFIX, Programs, postgresql, programs
from ops import ports, scaled
from ops.layout import Layout, Program
from ops.postgres import Server


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
    with (
        tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as named,
        postgresql(scaled.CONNECTIONS) as server,
    ):
        folder = Path(named)
        env = stacks.environment(folder) | scaled.at(server.url) | layout.shared()
        stacks.migrate(env)
        with programs(env, folder=folder) as running:
            house = House(running, layout, server)
            for program in layout.programs():
                house.start(program)
            for address in layout.addresses:
                running.wait_for(f"{address}/readyz")
            for bot in layout.bots:
                running.wait_for(f"http://127.0.0.1:{bot}/webhooks/handoff/health")
            yield house
