"""`make demo-channels`: plays the course on every channel and prints what each did."""

import asyncio
import signal
import sys
import tempfile
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, NoReturn

import httpx

from handoff.db import Database
from handoff.knowledge import Knowledge
from handoff.knowledge.fresh import refresh
from handoff.settings import ROOT
from ops.progress import Remedy, say
from tests.journey import by_voice, course, sides, table
from tests.journey.course import Course
from tests.journey.office import Office
from tests.journey.stage import Stage, stage
from tests.journey.stuck import Stuck


async def play_all(stage: Stage, fakes: dict[str, Any]) -> list[str]:
    """The channels whose course did not come to its end."""
    answer = await live_answer(stage.database_url)
    async with at(stage) as citizens, at(stage) as http:
        office = await Office(http).enters(stage.email, stage.password)
        tell(table.paragraph("domanda", course.QUESTION), table.paragraph("risposta", answer))
        tell("", table.heading())
        failed = [
            side.name
            for side in sides.citizens(citizens, fakes)
            if not await shown(side.name, course.play(side, office, answer))
        ]
        for channel in sides.BY_HAND:
            if not await shown(channel, by_voice.write_down(office, channel)):
                failed.append(channel)
        tell("", table.notes(sides.SIDES))
        await _tell_troubles(office)
    return failed


async def live_answer(database_url: str) -> str:
    """What the office approved, as it stands in the database now."""
    database, knowledge = Database(database_url), Knowledge.load(ROOT / "data")
    try:
        await refresh(database, knowledge)
    finally:
        await database.close()
    return knowledge.wording(course.TOPIC).text


def at(stage: Stage) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=stage.url, trust_env=False, timeout=30)


async def shown(channel: str, played: Awaitable[Course]) -> bool:
    try:
        tell(table.row(await played))
    except (Stuck, httpx.HTTPError) as error:
        tell(table.failure(channel, str(error) or type(error).__name__))
        return False
    return True


async def _tell_troubles(office: Office) -> None:
    """What /panel/canali says of channels that are not well."""
    for each in (await office.looks("channels"))["channels"]:
        if each["trouble"]:
            tell(f"{each['name']}: {each['trouble']}")


def tell(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def main() -> int:
    signal.signal(signal.SIGTERM, _end)  # as Ctrl-C: everything is stopped
    with (
        tempfile.TemporaryDirectory() as folder,
        sides.providers() as fakes,
        stage(Path(folder), sides.environment(fakes)) as opened,
    ):
        failed = asyncio.run(play_all(opened, fakes))
    return verdict(failed)


def verdict(failed: list[str]) -> int:
    """The exit code, and in a sentence why."""
    number = len(sides.NAMES) + len(sides.BY_HAND)
    if failed:
        tell("", f"{len(failed)} canali su {number} si sono fermati: {', '.join(failed)}.")
        return 1
    tell("", f"{number} canali: ogni richiesta è arrivata in fondo.")
    return 0


def _end(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Remedy as remedy:
        say(str(remedy))
        sys.exit(1)
    except KeyboardInterrupt:
        say("Stopped.")
        sys.exit(130)
