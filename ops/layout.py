"""The programs of the scaled mode: which ones, how many, and how they find each other."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ops import ports
from ops.places import BOT_PYTHON, OUR_PYTHON

# What answers gives way to what acknowledges: an emergency's answer is in the acknowledgement
BEHIND = (nice, "-n", "5") if (nice := shutil.which("nice")) else ()
LOOPBACK = "http://127.0.0.1:{}"


@dataclass(frozen=True)
class Program:
    name: str  # its kind and a number
    command: tuple[str | Path, ...]
    settings: Mapping[str, str] = field(default_factory=dict)  # those that are its own

    @property
    def kind(self) -> str:
        return self.name.partition("-")[0]


@dataclass(frozen=True)
class Layout:
    webs: tuple[int, ...]  # ports
    bots: tuple[int, ...]
    actions: int
    workers: int

    @classmethod
    def of(cls, webs: tuple[int, ...], *, workers: int = 3, bots: int = 2) -> "Layout":
        actions, *others = ports.choose(1 + bots)
        return cls(webs, tuple(others), actions, workers)

    @property
    def addresses(self) -> list[str]:
        return [LOOPBACK.format(port) for port in self.webs]

    def shared(self) -> dict[str, str]:
        """What every program is told."""
        return {
            "SPORTELLO_BOT_URL": ",".join(LOOPBACK.format(port) for port in self.bots),
            "SPORTELLO_ACTIONS_PORT": str(self.actions),
            "SPORTELLO_ACTIONS_URL": LOOPBACK.format(self.actions) + "/webhook",
            "SPORTELLO_HANDOFF_URL": self.addresses[0],
        }

    def programs(self) -> Iterator[Program]:
        for number, port in enumerate(self.bots, start=1):
            own = {"SPORTELLO_BOT_PORT": str(port)}
            yield Program(f"bot-{number}", (*BEHIND, BOT_PYTHON, "-m", "bot.server"), own)
        yield Program("actions-1", (OUR_PYTHON, "-m", "actions"))
        for number, port in enumerate(self.webs, start=1):
            own = {"SPORTELLO_PORT": str(port), "SPORTELLO_WORKERS": "0"}
            yield Program(f"web-{number}", (OUR_PYTHON, "-m", "handoff", "serve"), own)
        for number in range(1, self.workers + 1):
            yield Program(f"worker-{number}", (*BEHIND, OUR_PYTHON, "-m", "handoff", "worker"))
