"""Long programs beside a service that answers: low priority, and gone when we are."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from handoff.settings import ROOT

LEASH = ROOT / "ops" / "leash.py"
NICENESS = "15"
PATIENCE = 4.0  # seconds to end by itself
# One core at most: numpy's threads would take them all
ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
)
Beat = Callable[[], Awaitable[None]]


class ProgramFailed(RuntimeError):
    """It ended with an error; its log tells why."""


async def run(
    command: Sequence[str | Path], *, env: Mapping[str, str], log: Path, beat: Beat, every: float
) -> str:
    """What it said, once it is done. `beat` is called every so many seconds meanwhile."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *_humble(command),
            cwd=ROOT,
            env={**env, **dict.fromkeys(ONE_THREAD, "1")},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            start_new_session=True,  # so that all of it can be ended
        )
    talk = asyncio.create_task(process.communicate())
    try:
        while not (await asyncio.wait({talk}, timeout=every))[0]:
            await beat()
    finally:
        await _end(process, talk)
    if process.returncode:
        raise ProgramFailed(f"{log.name}: code {process.returncode}")
    return talk.result()[0].decode("utf-8", "replace")


def _humble(command: Sequence[str | Path]) -> list[str]:
    """On a leash: if we are killed, it ends too."""
    nice = shutil.which("nice")
    way = [sys.executable, "-I", str(LEASH), "SIGTERM"] if LEASH.exists() else []
    return [*way, *([nice, "-n", NICENESS] if nice else []), *map(str, command)]


async def _end(process: asyncio.subprocess.Process, talk: asyncio.Task[object]) -> None:
    """First politely, so that it can end what it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        await asyncio.wait({talk}, timeout=PATIENCE)
