"""The second net: hears an emergency that no list of words foresaw, as the phrases taught it."""

import json
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from handoff.safety.rules import Topic
from italian.listening import Listener

ENDING = ".tar.gz"
INSIDE = "/alarm.json"
# A story is heard in pieces, or an emergency in its middle would drown in the rest
PIECE, STEP = 40, 20  # words
# Other languages, dialect and noise are not for the ear to doubt
FAMILIAR = 0.7  # share of words that it knows


class NoEar(RuntimeError):
    """A sentence that says what is missing or cannot be read, and what to do."""


@dataclass(frozen=True)
class Ear:
    """`threshold`: the probability from which it is an alarm; `doubt`: below which it is none."""

    listener: Listener
    threshold: float
    doubt: float

    def hear(self, text: str) -> Topic | None:
        """The likelier alarm of the most alarming piece; an emergency wins a draw."""
        loud = {
            name: found for name, found in self._heard(text).items() if found >= self.threshold
        }
        return cast(Topic, max(loud, key=loud.__getitem__)) if loud else None

    def doubts(self, text: str) -> bool:
        """Whether it understands the text and hears next to nothing in it."""
        if self.listener.familiar(text) < FAMILIAR:
            return False
        return max(self._heard(text).values(), default=0.0) < self.doubt

    def _heard(self, text: str) -> dict[str, float]:
        heard: dict[str, float] = {}
        for piece in pieces(text):
            for label, found in self.listener.probabilities(piece).items():
                heard[label] = max(found, heard.get(label, 0.0))
        return heard


def pieces(text: str) -> Iterator[str]:
    """The whole text when it is short, else pieces of it that overlap."""
    words = text.split()
    last = max(0, len(words) - PIECE)
    for start in [*range(0, last, STEP), last]:
        yield " ".join(words[start : start + PIECE])


def newest_ear(models: Path) -> Ear:
    """From the newest trained model, by name as the bot chooses it."""
    archives = sorted(models.glob(f"*{ENDING}"), key=lambda file: file.name)
    if not archives:
        raise NoEar(f"there is no trained model in {models}: train one with `make train`")
    return _ear(archives[-1])


@cache  # an archive never changes: another training has another name
def _ear(archive: Path) -> Ear:
    content = _content(archive)
    try:
        return Ear(Listener.from_content(content), content["threshold"], content["doubt"])
    except (KeyError, TypeError) as error:
        raise NoEar(f"{archive.name} was trained by another version: `make train`") from error


def _content(archive: Path) -> dict[str, Any]:
    try:
        with tarfile.open(archive) as opened:
            for member in opened:
                if member.name.endswith(INSIDE) and (file := opened.extractfile(member)):
                    return cast(dict[str, Any], json.load(file))
    except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError) as error:
        raise NoEar(f"{archive.name} cannot be read ({error})") from error
    raise NoEar(f"{archive.name} was trained before it could hear alarms: `make train`")
