"""Trainers in a test, with the live words in the database."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI

from handoff.knowledge.exchange import import_folder
from handoff.settings import ROOT
from tests.handoff.desk import Desk, hire


async def trainer(app: FastAPI, name: str = "teresa", role: str = "trainer") -> Desk:
    return await Desk(app).enters(await hire(app.state.database, name, role=role))


async def import_words(app: FastAPI, folder: Path = ROOT / "data") -> None:
    async with app.state.database.begin() as session:
        await import_folder(session, folder, author="sportello", reason="importato dai file")


async def reads(desk: Desk, path: str, **options: Any) -> dict[str, Any]:
    answer = await desk.looks(f"training/{path}", **options)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
