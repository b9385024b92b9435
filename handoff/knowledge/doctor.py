"""What a hospital must see to before citizens rely on the answers."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.knowledge import revisions
from handoff.knowledge.blocks import Block, read_blocks
from handoff.knowledge.files import read
from handoff.knowledge.words import ROME

RECORDS = ("wards", "doctors", "exams", "desks", "sites")


async def complaints(session: AsyncSession, data: Path) -> list[str]:
    """A line for every sample entry and every answer past its day, the live words first."""
    today = datetime.now(ROME).date()
    found = await revisions.live(session)
    blocks = [revisions.block_of(each) for each in found] or read_blocks(data)
    words = [line for block in blocks for line in _of_words(block, today)]
    return [*words, *_of_records(data / "directory")]


def _of_words(block: Block, today: date) -> Iterator[str]:
    entry = block.entry()
    if entry.get("sample"):
        yield f"{block.file}: {block.key}: dato dimostrativo ({entry.get('source', '')})"
    elif entry.get("more") and not entry.get("more_confirmed"):
        yield f"{block.file}: {block.key}: testo lungo da confermare (poi: more_confirmed: true)"
    review = entry.get("review")
    if review and review < today:
        yield f"{block.file}: {block.key}: da ricontrollare dal {review:%d/%m/%Y}"


def _of_records(folder: Path) -> Iterator[str]:
    for name in RECORDS:
        file = folder / f"{name}.yml"
        rows: Any = read(file) if file.is_file() else []
        many = rows.values() if isinstance(rows, dict) else rows or ()
        if samples := sum(bool(row.get("sample")) for row in many):
            yield f"directory/{name}.yml: {samples} dati dimostrativi su {len(rows)}"
