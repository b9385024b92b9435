"""Phrases of the word lists, and finding them in a sentence in linear time."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from handoff.safety.words import Atoms

GAP = 2  # words that may stand between two parts of a phrase
SPREAD = 7  # words within which the parts of an unordered phrase stand
STOP, COMMA = frozenset("."), frozenset(",")


class Phrase(NamedTuple):
    parts: tuple[str, ...]
    needs: Atoms
    close: tuple[bool, ...]  # whether the part must follow the one before at once
    ordered: bool
    label: Any


class Span(NamedTuple):
    first: int
    last: int


class Sentence:
    """What each word may be; where it stands is worked out only when a phrase may fit."""

    def __init__(self, words: list[Atoms]):
        self._read = words
        self.atoms: Atoms = frozenset().union(*words)

    @cached_property
    def words(self) -> list[Atoms]:
        return [atoms for atoms in self._read if atoms is not COMMA]

    @cached_property
    def commas(self) -> list[int]:
        """How many words stand before each comma."""
        found = (at for at, atoms in enumerate(self._read) if atoms is COMMA)
        return [at - earlier for earlier, at in enumerate(found)]

    def parts(self) -> Iterator["Sentence"]:
        """Cut where a word such as "ma" begins something new."""
        for is_stop, words in groupby(self._read, key=lambda atoms: atoms is STOP):
            if not is_stop:
                yield Sentence(list(words))

    @cached_property
    def places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for at, atoms in enumerate(self.words):
            for atom in atoms:
                places.setdefault(atom, []).append(at)
        return places


class Index:
    """Phrases, found by their rarest part so that most are never looked at."""

    def __init__(self, phrases: Iterable[Phrase]):
        every = list(phrases)
        uses: dict[str, int] = {}
        for phrase in every:
            for part in phrase.needs:
                uses[part] = uses.get(part, 0) + 1
        self._by_part: dict[str, list[Phrase]] = {}
        for phrase in every:
            rarest = min(phrase.parts, key=lambda part: uses[part])
            self._by_part.setdefault(rarest, []).append(phrase)
        self._keys = frozenset(self._by_part)

    def find(self, sentence: Sentence) -> Iterator[tuple[Any, Span]]:
        for part in self._keys & sentence.atoms:
            for phrase in self._by_part[part]:
                if phrase.needs <= sentence.atoms:
                    for span in _spans(phrase, sentence.places):
                        yield phrase.label, span


def _spans(phrase: Phrase, places: dict[str, list[int]]) -> Iterator[Span]:
    follow = _in_order if phrase.ordered else _together
    where = [frozenset(places[part]) for part in phrase.parts]
    for first in places[phrase.parts[0]]:
        if span := follow(phrase, where, first):
            yield span


def _in_order(phrase: Phrase, where: list[frozenset[int]], first: int) -> Span | None:
    at = first
    for close, places in zip(phrase.close[1:], where[1:], strict=True):
        reach = 1 if close else 1 + GAP
        found = next((at + step for step in range(1, reach + 1) if at + step in places), None)
        if found is None:
            return None
        at = found
    return Span(first, at)


def _together(phrase: Phrase, where: list[frozenset[int]], first: int) -> Span | None:
    window = sorted(range(first - SPREAD, first + SPREAD + 1), key=lambda at: abs(at - first))
    taken = [first]
    for places in where[1:]:
        found = next((at for at in window if at in places and at not in taken), None)
        if found is None:
            return None
        taken.append(found)
    return Span(min(taken), max(taken))


def read_phrase(text: str, *, label: Any) -> Phrase:
    """ "a_terra {non}" becomes parts; "_" joins closely and "&" frees the order."""
    ordered = "&" not in text
    parts: list[str] = []
    close: list[bool] = []
    for chunk in text.replace("&", " ").split():
        inside = [chunk] if chunk.startswith("{") else chunk.split("_")
        parts += inside
        close += [False] + [True] * (len(inside) - 1)
    if not parts:
        raise ValueError("safety.yml: an empty phrase")
    return Phrase(tuple(parts), frozenset(parts), tuple(close), ordered, label)
