"""Between files and the live knowledge: what changed in one is never lost to the other."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.knowledge import revisions
from handoff.knowledge.blocks import BadKnowledge, Block, join, read_blocks
from handoff.knowledge.checking import check_together
from handoff.tables import KnowledgeRevision

NUMBERS = "revisions.json"  # which revision of each entry an exported folder holds


@dataclass(slots=True)
class Imported:
    """Keys by what became of them."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # the live one is newer than the file's
    conflicts: list[str] = field(default_factory=list)  # both changed: nothing was overwritten
    same: int = 0


async def import_folder(
    session: AsyncSession, folder: Path, *, author: str, reason: str
) -> Imported:
    """Take over what the files changed; a fault in one of them raises BadKnowledge first."""
    blocks, numbers = read_blocks(folder), _numbers(folder)
    if not blocks:
        raise BadKnowledge(f"{folder}: there is no knowledge/*.yml")
    check_together(blocks)
    imported = Imported()
    known = {revision.key for revision in await revisions.live(session)}
    for block in blocks:
        past = await revisions.history(session, block.key) if block.key in known else ()
        fate = _fate(block, past, numbers.get(block.key))
        if fate in ("added", "changed"):
            number = past[-1].number + 1 if past else 1
            revisions.add(
                session, block, number=number, origin="file", author=author, reason=reason
            )
        if fate == "same":
            imported.same += 1
        else:
            getattr(imported, fate).append(block.key)
    return imported


def _fate(block: Block, past: Sequence[KnowledgeRevision], read: int | None) -> str:
    """What an import does with an entry; `read` is the revision that the file was made from."""
    if not past:
        return "added"
    live = past[-1]
    if block.text == live.text:
        return "same"
    base = _base(past, read)
    if base and block.text == base.text:
        return "kept"
    return "changed" if base is live else "conflicts"


def _base(past: Sequence[KnowledgeRevision], read: int | None) -> KnowledgeRevision | None:
    """The revision that the file was made from: as it says, else the last that was a file's."""
    wanted = [each for each in past if (each.number == read if read else each.origin == "file")]
    return wanted[-1] if wanted else None


async def export_folder(session: AsyncSession, folder: Path) -> int:
    """Write the live knowledge below `folder`, as files; how many entries there are."""
    found = await revisions.live(session)
    for file, entries in groupby(found, key=lambda revision: revision.file):
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        whole = join(revisions.block_of(entry) for entry in entries)
        target.write_bytes(whole.encode("utf-8"))
    numbers = {revision.key: revision.number for revision in found}
    (folder / NUMBERS).write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    return len(found)


def _numbers(folder: Path) -> Mapping[str, int]:
    try:
        numbers: Mapping[str, int] = json.loads((folder / NUMBERS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise BadKnowledge(f"{folder / NUMBERS}: {error}") from error
    return numbers
