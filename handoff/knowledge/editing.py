"""Changing one text of an entry, the rest of its lines staying as they are."""

from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import FoldedScalarString, LiteralScalarString
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.knowledge import revisions
from handoff.knowledge.blocks import SENTENCES, BadKnowledge, Block
from handoff.knowledge.checking import check, check_change
from handoff.tables import KnowledgeRevision

WIDTH = 100  # characters of a line, as the files have


async def set_text(
    session: AsyncSession,
    place: str,
    text: str,
    *,
    author: str,
    reason: str,
    seen: int | None = None,
    approved_by: str | None = None,
) -> KnowledgeRevision:
    """Make `text` what is said at `topic` or `topic.variant`; errors as in `tried`."""
    live, after = await tried(session, place, text, seen=seen)
    return revisions.add(
        session,
        after,
        number=live.number + 1,
        origin="person",
        author=author,
        reason=reason,
        approved_by=approved_by,
    )


async def tried(
    session: AsyncSession, place: str, text: str, *, seen: int | None = None
) -> tuple[KnowledgeRevision, Block]:
    """The live revision, and the entry as it would be with `text`.

    `seen` is the number of the revision that the editor had before them: Outdated when there is
    a newer one. BadKnowledge when there is no such entry or the text cannot be said.
    """
    key, _, variant = place.partition(".")
    live = (await _past(session, key, seen))[-1]
    before = revisions.block_of(live)
    after = with_text(before, variant, text.strip())
    check_change(before, after)
    return live, after


async def restore(
    session: AsyncSession, key: str, number: int, *, author: str, reason: str, seen: int
) -> KnowledgeRevision:
    """Make an older revision live again, as the newest one; errors as in `set_text`."""
    past = await _past(session, key, seen)
    wanted = next((each for each in past if each.number == number), None)
    if wanted is None:
        raise BadKnowledge(f"{key} has no revision {number}")
    live = past[-1]
    block = replace(revisions.block_of(live), text=wanted.text)  # files may have moved it since
    check(block)
    return revisions.add(
        session, block, number=live.number + 1, origin="person", author=author, reason=reason
    )


async def _past(session: AsyncSession, key: str, seen: int | None) -> Sequence[KnowledgeRevision]:
    past = await revisions.history(session, key)
    if not past:
        raise BadKnowledge(f"there is no entry «{key}»")
    if seen is not None and past[-1].number != seen:
        raise revisions.Outdated(f"{key}: {past[-1].author} changed it meanwhile")
    return past


def with_text(block: Block, variant: str, text: str) -> Block:
    """The block saying `text`; comments and the other fields stay."""
    yaml = YAML()  # round trip
    yaml.width = WIDTH
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    said = yaml.load(block.text)
    entry = said[block.key]
    if variant:
        if variant not in (entry.get("variants") or {}):
            raise BadKnowledge(f"{block.key} has no variant «{variant}»")
        entry["variants"][variant] = _scalar(text)
    else:
        entry["text" if block.file == SENTENCES else "answer"] = _scalar(text)
    out = StringIO()
    yaml.dump(said, out)
    return replace(block, text=out.getvalue())


def _scalar(text: str) -> Any:
    return LiteralScalarString(text) if "\n" in text else FoldedScalarString(text)
