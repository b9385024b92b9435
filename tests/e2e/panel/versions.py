"""Two versions of the model, as a training leaves them."""

from pathlib import Path
from typing import Any

from handoff.db import Database
from handoff.tables import Release, present
from handoff.training.archives import Archives

INSTALLED = "20260101T000000Z-aaaaaaaaaaaa.tar.gz"
TRAINED = "20260102T000000Z-bbbbbbbbbbbb.tar.gz"


def report(right: float, caught: float, mistakes: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "n": 1000,
        "right": right,
        "offered": 0.1,
        "wrong": round(0.9 - right, 4),
        "declined": 0.0,
        "caught": caught,
        "false_alarms": 0.0,
        "mistakes": mistakes,
        "tests": "x",
    }


async def lay_out(database: Database, folder: Path) -> None:
    """What serves, and a candidate beside it; their archives hold nothing."""
    archives = Archives.of(models=folder / "models", var=folder / "var")
    archives.models.mkdir(parents=True)
    (archives.models / INSTALLED).write_bytes(b"installed")
    for number, name in ((1, INSTALLED), (2, TRAINED)):
        archives.candidate(number).mkdir(parents=True)
        (archives.candidate(number) / name).write_bytes(name.encode())
    async with database.begin() as session:
        session.add(_release(INSTALLED, report(0.85, 0.99, {"a": ["wrong", "wifi_tv"]})))
        await session.flush()
        session.add(_release(TRAINED, report(0.87, 0.99, {"b": ["wrong", "parcheggio"]})))


def _release(archive: str, measured: dict[str, Any]) -> Release:
    release = Release(state="ready", step="compare", archive=archive, report=measured)
    release.author = "installazione" if archive == INSTALLED else "Teresa Puddu"
    if archive == INSTALLED:
        release.live_as, release.published_at = INSTALLED, present()
        release.published_by = "installazione"
    return release
