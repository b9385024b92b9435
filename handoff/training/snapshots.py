"""What a model is made of: the live words and the trainers' phrases over a copy of the files."""

import asyncio
import shutil
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.knowledge import exchange, revisions
from handoff.training import phrases
from handoff.training.answers import group_of


async def write(session: AsyncSession, data: Path, target: Path) -> int:
    """In place of what stood below `target`; how many phrases trainers added."""
    await asyncio.to_thread(_copy, data, target)
    known = await asyncio.to_thread(phrases.book, data)
    await exchange.export_folder(session, target)
    groups = {each.key: group_of(each.file) for each in await revisions.live(session)}
    return phrases.write(await phrases.added(session), groups, target, known=known)


def _copy(data: Path, target: Path) -> None:
    """Everything that the bot is made of; what it is tested with stays behind."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(data, target, ignore=shutil.ignore_patterns("evaluation"))
