"""`python -m bench.scaled`: the scaled mode under load; BENCH_QUICK=1 only shows that it works."""

import asyncio
import contextlib
import json
import os
import platform
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import burst, counters, load, messages
from bench.faces import InTurn, WebChat
from bench.house import House, scaled_house
from bench.ledger import Ledger, per_message, per_second, quantiles
from bench.programs import leave_nothing_when_stopped
from bench.scaled_report import table
from bench.stacks import client
from ops.places import ROOT
from ops.progress import say

RESULTS = Path(os.environ.get("BENCH_RESULTS") or ROOT / "bench" / "scaled.json")


@dataclass(frozen=True)
class Scale:
    conversations: int
    at_once: tuple[int, ...]
    idle_s: float
    per_second: float  # of the burst: 10 million messages a year are 0.32/s; a hundred times that
    burst_s: float
    killed_at_s: float


FULL = Scale(600, (16, 64), idle_s=20, per_second=32, burst_s=600, killed_at_s=60)
SHORT = Scale(600, (16, 64), idle_s=10, per_second=32, burst_s=120, killed_at_s=30)
QUICK = Scale(48, (16,), idle_s=3, per_second=8, burst_s=10, killed_at_s=3)
SCALES = {"full": FULL, "short": SHORT, "quick": QUICK}


def main() -> None:
    leave_nothing_when_stopped()
    chosen = "quick" if os.environ.get("BENCH_QUICK") else os.environ.get("BENCH_SCALE", "short")
    result = asyncio.run(measure(SCALES[chosen]))
    RESULTS.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{table(result)}\n")


async def measure(scale: Scale) -> dict[str, Any]:
    pool = messages.read()
    say("Starting PostgreSQL, two web processes, three workers, two bots …")
    with scaled_house() as house:
        async with _visit(house) as (chat, ledger):
            await load.alone(chat, messages.draw(pool, 20))  # what is loaded on first use
            result: dict[str, Any] = {"machine": _machine(), "scale": asdict(scale)}
            result["idle"] = await _idle(house, ledger, scale.idle_s)
            idle = result["idle"]["written_per_second"]
            texts = messages.draw(pool, scale.conversations)
            steady = [
                await _steady(house, chat, ledger, texts, at_once=count, idle=idle)
                for count in scale.at_once
            ]
            result["steady"] = steady
            result["burst"] = await _burst(house, chat, ledger, pool, scale)
            result["memory_mb"] = _rounded(counters.memory_mb(house.pids()))
    return result


@contextlib.asynccontextmanager
async def _visit(house: House) -> AsyncIterator[tuple[WebChat, Ledger]]:
    async with contextlib.AsyncExitStack() as open_ones:
        clients = [
            await open_ones.enter_async_context(client(url)) for url in house.layout.addresses
        ]
        ledger = await Ledger.open(house.server.url)
        open_ones.push_async_callback(ledger.close)
        yield WebChat(InTurn(clients)), ledger


async def _idle(house: House, ledger: Ledger, seconds: float) -> dict[str, Any]:
    """Cores in use by each kind, and what the database does, when nobody writes."""
    written, before = await ledger.written(), counters.cpu_seconds(house.pids())
    began = time.monotonic()
    await asyncio.sleep(seconds)
    after, took = counters.cpu_seconds(house.pids()), time.monotonic() - began
    return {
        "cores": {kind: round((after[kind] - before[kind]) / took, 4) for kind in after},
        "written_per_second": _rounded(per_second(written, await ledger.written())),
    }


async def _steady(
    house: House,
    chat: WebChat,
    ledger: Ledger,
    texts: Sequence[str],
    *,
    at_once: int,
    idle: dict[str, float],
) -> dict[str, Any]:
    """One message in each of so many conversations, whose sessions are opened before."""
    say(f"{len(texts)} conversations, {at_once} at once …")
    used, written = counters.cpu_seconds(house.pids()), await ledger.written()
    crowd = asyncio.create_task(load.crowd(chat, texts, at_once=at_once))
    connected = await _most_connections(house, crowd)
    found = await crowd
    after = counters.cpu_seconds(house.pids())
    return {
        "at_once": at_once,
        "per_second": round(found.per_second, 1),
        "unanswered": found.unanswered,
        "ms": quantiles(found.times),
        "cpu_ms": {
            kind: round(1000 * (after[kind] - used[kind]) / len(texts), 1) for kind in used
        },
        "connections": connected,
        "written": per_message(written, await ledger.written(), len(texts), idle=idle),
    }


async def _most_connections(house: House, during: asyncio.Task[Any]) -> dict[str, int]:
    most: dict[str, int] = {}
    while not during.done():
        now = counters.connections(house.pids(), house.server.port)
        most = {kind: max(count, most.get(kind, 0)) for kind, count in now.items()}
        await asyncio.wait([during], timeout=1)
    del most["postgres"]
    return most


async def _burst(
    house: House, chat: WebChat, ledger: Ledger, pool: Sequence[str], scale: Scale
) -> dict[str, Any]:
    say(f"{scale.per_second:g} messages a second for {scale.burst_s:g} s, with two kills …")
    texts = messages.draw(list(pool), int(scale.per_second * scale.burst_s))
    began = time.monotonic()
    found = await burst.run(
        chat, ledger, texts, per_second=scale.per_second, events=_kills(house, scale.killed_at_s)
    )
    fates = await ledger.fates(found.accepted)
    return {
        "accepted": len(found.accepted),
        "refused": found.refused.total(),
        "refused_why": dict(found.refused),
        "lost": fates.lost,
        "answered_twice": fates.answered_twice,
        "dead": fates.dead,
        "acknowledged_ms": quantiles(found.acknowledged_ms),
        "answered_s": quantiles(fates.seconds),
        "answered_per_second": round(len(found.accepted) / (time.monotonic() - began), 1),
        "longest_queue": max(found.waiting),
        "oldest_s": max(found.ages),
        "drained_s": round(found.drained_s, 1),
        "ages_s": found.ages,
    }


def _kills(house: House, at: float) -> dict[float, Callable[[], None]]:
    """A worker, later a bot; each is started again as a supervisor would."""

    def again(name: str) -> Callable[[], None]:
        def event() -> None:
            house.running.kill(name)
            house.start(house.named(name))

        return event

    return {at: again("worker-1"), 1.5 * at: again("bot-1")}


def _machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "load_before": [round(each, 2) for each in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in figures.items()}


if __name__ == "__main__":
    main()
