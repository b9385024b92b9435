"""Reads evaluation files: a label, a style and a message on each line, separated by tabs."""

import re
from dataclasses import dataclass
from pathlib import Path

LABELS = re.compile(r"[a-z0-9_]+(\|[a-z0-9_]+)*|[a-z0-9_]+(\+[a-z0-9_]+)+")
STYLE = re.compile(r"[a-z_]+")
PARTS = 3
LONGEST = 4_000  # characters that the web chat takes


class MalformedFile(ValueError):
    """A sentence that names the file, the line and the remedy."""


@dataclass(frozen=True)
class Message:
    label: str
    style: str
    text: str

    @property
    def wanted(self) -> frozenset[str]:
        return frozenset(re.split(r"[|+]", self.label))

    @property
    def wants_all(self) -> bool:
        return "+" in self.label


def read_messages(path: Path) -> list[Message]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedFile(f"{path}: not UTF-8 text ({error.reason})") from error
    except OSError as error:
        raise MalformedFile(f"{path}: cannot be read ({error.strerror})") from error
    found = [
        _message(line.rstrip("\r"), f"{path}, line {number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]
    if not found:
        raise MalformedFile(f"{path}: no messages")
    return found


def _message(line: str, place: str) -> Message:
    parts = line.split("\t")
    if len(parts) != PARTS:
        raise MalformedFile(f"{place}: expected label<TAB>style<TAB>message")
    label, style, text = (part.strip() for part in parts)
    if not LABELS.fullmatch(label):
        raise MalformedFile(f"{place}: «{label}» is no label (one id, or ids joined by | or by +)")
    if not STYLE.fullmatch(style):
        raise MalformedFile(f"{place}: «{style}» is no style (small letters and _)")
    if not 0 < len(text) <= LONGEST:
        raise MalformedFile(f"{place}: the message needs 1 to {LONGEST} characters")
    return Message(label, style, text)
