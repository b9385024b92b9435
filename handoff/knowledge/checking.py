"""What must be true of an entry before citizens may read it; the same for files and editors."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from handoff.knowledge.blocks import SENTENCES, BadKnowledge, Block

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
KINDS = frozenset({"answer", "lookup", "form", "handoff", "command", "safety"})
RISKS = frozenset({"L", "M", "H"})
LONGEST_ANSWER = 60  # words: a screen of a phone
LONGEST_TITLE = 24  # characters, on a button
NEEDED = ("title", "kind", "risk", "answer", "source", "owner", "verified", "review")


def check_together(blocks: Iterable[Block]) -> None:
    """Every entry by itself, and that what it leads to exists."""
    entries = {block.key: (block, block.entry()) for block in blocks}
    topics = {key for key, (block, _) in entries.items() if block.file != SENTENCES}
    for block, entry in entries.values():
        check(block, entry)
        for target in (*(entry.get("buttons") or ()), *(entry.get("next") or ())):
            if isinstance(target, str) and target not in topics:
                raise _bad(block, f"next: there is no topic «{target}»")


def check(block: Block, entry: Mapping[str, Any] | None = None) -> None:
    """Raise BadKnowledge if the entry cannot be said as it is."""
    entry = block.entry() if entry is None else entry
    if block.file == SENTENCES:
        _check_texts(block, {"text": None, **dict(texts(entry))})
        return
    if missing := [name for name in NEEDED if not entry.get(name)]:
        raise _bad(block, f"{missing[0]} is missing")
    if entry["kind"] not in KINDS or entry["risk"] not in RISKS:
        raise _bad(block, f"kind is one of {sorted(KINDS)}, risk one of {sorted(RISKS)}")
    if not all(isinstance(entry[name], date) for name in ("verified", "review")):
        raise _bad(block, "verified and review are days, as 2027-05-22")
    if len(entry["title"]) > LONGEST_TITLE:
        raise _bad(block, f"title is longer than {LONGEST_TITLE} characters")
    _check_texts(block, dict(texts(entry)))
    if (words := len(str(entry["answer"]).split())) > LONGEST_ANSWER:
        raise _bad(block, f"answer has {words} words, at most {LONGEST_ANSWER}")


def check_change(before: Block, after: Block) -> None:
    """An edited entry can be said, with the fields that were there to be filled and no others."""
    check(after)
    known = set(_fields(before.entry()))
    if unknown := set(_fields(after.entry())) - known:
        fields = ", ".join(f"{{{name}}}" for name in sorted(known)) or "none"
        raise _bad(after, f"nobody fills {{{min(unknown)}}}; the fields here: {fields}")


def _check_texts(block: Block, texts: Mapping[str, Any]) -> None:
    for name, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise _bad(block, f"{name} has no text")


def texts(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Everything of an entry that is said, by name."""
    for name in ("answer", "text", "more"):
        if name in entry:
            yield name, entry[name]
    for group in ("variants", "sites"):
        yield from (entry.get(group) or {}).items()


def _fields(entry: Mapping[str, Any]) -> Iterator[str]:
    for _, text in texts(entry):
        yield from PLACEHOLDER.findall(text)


def _bad(block: Block, sentence: str) -> BadKnowledge:
    return BadKnowledge(f"{block.file}: {block.key}: {sentence}")
