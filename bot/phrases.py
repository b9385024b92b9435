"""The phrases of a snapshot: what citizens say for each topic, in which voice and style."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PHRASES = "phrases"
STYLES = frozenset(
    {"semplice", "frammento", "errori", "storia", "implicito", "colloquiale", "varia"}
)
VOICE = re.compile(r"[a-z_]{1,30}")
LONGEST = 1_000  # characters
COLUMNS = 3


class BadPhrases(ValueError):
    """A sentence that names the file and the line, for the person who has to mend it."""


@dataclass(frozen=True)
class Phrase:
    """One message; `place` is its file and line."""

    topic: str
    text: str
    voice: str
    style: str
    place: str


def read_phrases(folder: Path) -> Iterator[Phrase]:
    """Every line of phrases/<voice>/<group>.tsv: topic, style and text, separated by tabs."""
    for file in sorted((folder / PHRASES).glob("*/*.tsv")):
        if not VOICE.fullmatch(file.parent.name):
            raise BadPhrases(f"{PHRASES}/{file.parent.name}: not a possible name of a voice")
        yield from _read(file)


def _read(file: Path) -> Iterator[Phrase]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise BadPhrases(f"{file.parent.name}/{file.name}: not UTF-8 text") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _phrase(line, file.parent.name, f"{file.parent.name}/{file.name}, line {number}")


def _phrase(line: str, voice: str, place: str) -> Phrase:
    parts = [part.strip() for part in line.split("\t")]
    if len(parts) != COLUMNS:
        raise BadPhrases(f"{place}: expected topic<TAB>style<TAB>phrase")
    topic, style, text = parts
    if style not in STYLES:
        raise BadPhrases(f"{place}: «{style}» is no style: choose of {', '.join(sorted(STYLES))}")
    if not 0 < len(text) <= LONGEST:
        raise BadPhrases(f"{place}: the phrase needs 1 to {LONGEST} characters")
    return Phrase(topic, text, voice, style, place)
