"""A knowledge file in pieces, an entry each, that together are the file byte for byte."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

KEY = re.compile(r"(?m)^([a-z][a-z0-9_]*):")
SENTENCES = "conversation/frasi.yml"


class BadKnowledge(ValueError):
    """Says file, line or entry, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Block:
    """An entry's own lines, and the comments and blank lines before it."""

    file: str
    position: int
    key: str
    text: str

    def entry(self) -> dict[str, Any]:
        """What the entry says; a YAML fault raises BadKnowledge."""
        try:
            said = yaml.load(self.text, Loader=yaml.CSafeLoader)[self.key]
        except (yaml.YAMLError, KeyError, TypeError) as error:
            raise BadKnowledge(f"{self.file}: {self.key}: {_reason(error)}") from error
        if not isinstance(said, dict):
            raise BadKnowledge(f"{self.file}: {self.key}: an entry has fields, like `title:`")
        return said


def read_blocks(folder: Path) -> list[Block]:
    """Every entry of `knowledge/*.yml` and `conversation/frasi.yml` below `folder`, in order."""
    files = sorted((folder / "knowledge").glob("*.yml"))
    if (folder / SENTENCES).is_file():
        files.append(folder / SENTENCES)
    found = [block for file in files for block in split(_name(file, folder), _text(file))]
    _once([(block.key, block.file) for block in found])
    return found


def split(file: str, text: str) -> Iterator[Block]:
    """The entries of one file; what stands before the first belongs to it."""
    starts = list(KEY.finditer(text))
    cuts = [0, *(_above(text, start.start()) for start in starts[1:]), len(text)]
    lines: dict[str, int] = {}
    for position, start in enumerate(starts):
        key, line = start[1], text.count("\n", 0, start.start()) + 1
        if key in lines:
            raise BadKnowledge(f"{file}:{line}: {key} is described twice, first in {lines[key]}")
        lines[key] = line
        yield Block(file, position, key, text[cuts[position] : cuts[position + 1]])


def join(blocks: Iterable[Block]) -> str:
    return "".join(block.text for block in sorted(blocks, key=lambda block: block.position))


def _above(text: str, start: int) -> int:
    """Where the comments begin that stand right above an entry."""
    while start:
        line = text.rfind("\n", 0, start - 1) + 1
        if not text.startswith("#", line):
            break
        start = line
    return start


def _name(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadKnowledge(f"{file.name}: byte {error.start} is not UTF-8") from error


def _once(keys: list[tuple[str, str]]) -> None:
    known: dict[str, str] = {}
    for key, file in keys:
        if (other := known.setdefault(key, file)) != file:
            raise BadKnowledge(f"{file}: {key} is also described in {other}")


def _reason(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1} of the entry: " if mark else ""
    return where + str(getattr(error, "problem", None) or error)
