"""The second net: hears an emergency that no list of words foresaw, as the phrases taught it."""

import io
import json
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from handoff.safety.rules import Topic

if TYPE_CHECKING:
    from italian.listening import Listener

ALARMS = ("emergenza", "crisi_psicologica")
ENDING = ".tar.gz"
WORDS, NUMBERS = "/linear.json", "/linear.npz"
# A story is heard in pieces, or an emergency in its middle would drown in the rest
PIECE, STEP = 40, 20  # words
# The margin where an alarm and another topic are equally likely
EASED = 0.0
# Other languages, dialect and noise are not for the ear to doubt
FAMILIAR = 0.7  # share of words that it knows
NUMBER = re.compile(r"\(?\b\d+\b\)?")


class NoEar(RuntimeError):
    """A sentence that says what is missing or cannot be read, and what to do."""


@dataclass(frozen=True)
class Ear:
    """`threshold`: how far above all other topics an alarm is one; `doubt`: below which none is.

    Both are margins of the linear model, chosen by `bot.nlu.alarm_search`.
    """

    listener: "Listener"
    threshold: float
    doubt: float

    def hear(self, text: str) -> Topic | None:
        """The likelier alarm of the most alarming piece; an emergency wins a draw."""
        loud = {
            name: found for name, found in self._heard(text).items() if found >= self.threshold
        }
        return cast(Topic, max(loud, key=loud.__getitem__)) if loud else None

    def doubts(self, text: str, *, eased: bool = False) -> bool:
        """Whether it understands the text and hears next to nothing in it.

        `eased`: whether it hears anything else more than an alarm, which is enough then.
        """
        heard = self._heard(text).values()
        understood = all(self.listener.familiar(each) >= FAMILIAR for each in with_numbers(text))
        return understood and bool(heard) and max(heard) < (EASED if eased else self.doubt)

    def _heard(self, text: str) -> dict[str, float]:
        heard: dict[str, float] = {}
        for piece in chain.from_iterable(map(pieces, with_numbers(text))):
            for label, found in self.listener.above(piece, ALARMS).items():
                heard[label] = max(found, heard.get(label, found))
        return heard


def with_numbers(text: str) -> tuple[str, ...]:
    """And without: one of a law or of a form speaks of other topics, and would drown an alarm."""
    bare = NUMBER.sub(" ", text)
    return (text,) if bare == text else (text, bare)


def pieces(text: str) -> Iterator[str]:
    """The whole text when it is short, else pieces of it that overlap."""
    words = text.split()
    last = max(0, len(words) - PIECE)
    for start in [*range(0, last, STEP), last]:
        yield " ".join(words[start : start + PIECE])


def newest_ear(models: Path) -> Ear:
    """From the newest trained model, by name as the bot chooses it."""
    archive = newest_archive(models)
    if archive is None:
        raise NoEar(f"there is no trained model in {models}: train one with `make train`")
    return _ear(archive)


def newest_archive(models: Path) -> Path | None:
    return max(models.glob(f"*{ENDING}"), key=lambda file: file.name, default=None)


@lru_cache(maxsize=2)  # an archive never changes: another training has another name
def _ear(archive: Path) -> Ear:
    # spaCy takes 0.6 s to import: only where there is something to hear with
    from italian.listening import Listener  # noqa: PLC0415

    try:
        found = _members(archive)
        words = json.loads(found[WORDS])
        with np.load(io.BytesIO(found[NUMBERS]), allow_pickle=False) as numbers:
            listener = Listener.read(words, cast(Mapping[str, Any], numbers))
        return Ear(listener, words["alarm"]["threshold"], words["alarm"]["doubt"])
    except (KeyError, TypeError) as error:
        raise NoEar(f"{archive.name} was trained by another version: `make train`") from error
    except (OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile, ValueError) as e:
        raise NoEar(f"{archive.name} cannot be read ({e})") from e


def _members(archive: Path) -> dict[str, bytes]:
    """The linear model's two files: the classifier's own, which the bot reads as well."""
    found: dict[str, bytes] = {}
    with tarfile.open(archive) as opened:
        for member in opened:
            for ending in (WORDS, NUMBERS):
                if member.name.endswith(ending) and (file := opened.extractfile(member)):
                    found[ending] = file.read()
    return found
