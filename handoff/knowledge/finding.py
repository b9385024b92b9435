"""Finds the names of records in what a citizen writes: misspelt, lay, amid other words."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from rapidfuzz import fuzz, process

GOOD = 82  # of 100, for the worst of a name's words
SURE = 90  # "cardilogia" is 95 near cardiologia; "artroscopia", 87 near gastroscopia, is not it
SHORTEST_SLIP = 5  # letters: "sento" is not the breast clinic's "seno"
MOST_READ = 500  # characters: beyond them nobody names an exam
WORD = re.compile(r"[^\W_]+")
LITTLE = frozenset(
    {
        *("a", "al", "alla", "allo", "all", "ai", "alle", "agli", "con", "da", "dal", "dalla"),
        *("d", "di", "del", "della", "dello", "dell", "dei", "delle", "degli", "in", "nel"),
        *("nella", "per", "i", "il", "l", "la", "le", "lo", "gli", "un", "una", "uno"),
    }
)


def plain(text: str) -> str:
    """Lower-case words without accents."""
    decomposed = unicodedata.normalize("NFKD", " ".join(WORD.findall(text.lower())))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


class Placed(Protocol):
    @property
    def site(self) -> str: ...


P = TypeVar("P", bound=Placed)


def at_named_site(found: Sequence[P], text: str) -> list[P]:
    """Of records with one name in two hospitals, those at the hospital that is named."""
    asked = plain(text)
    there = [each for each in found if each.site and each.site.replace("_", " ") in asked]
    return there or list(found)


@dataclass(frozen=True, slots=True)
class Meant:
    """The ids that a text may mean, best first, and those of them that it surely names."""

    ids: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether it can only mean the one."""
        return len(self.ids) == len(self.named) == 1


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a text a record is named, and how well (0–100)."""

    start: int
    end: int
    score: float
    id: str

    @property
    def weight(self) -> tuple[bool, int, float]:
        """ "lastra al seno" outweighs the "lastra" in it."""
        return self.score >= SURE, self.end - self.start, self.score

    def stands_beside(self, other: "_Place") -> bool:
        """Names in different places are both meant, and so are records that share a name."""
        same = (self.start, self.end, self.score) == (other.start, other.end, other.score)
        return same or self.end <= other.start or other.end <= self.start


@dataclass(frozen=True, slots=True)
class Names:
    """`begun`: by its first word, where in `names` a name stands."""

    names: Sequence[tuple[tuple[str, ...], str]]  # (words without the little ones, id)
    begun: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """From (name, id) pairs; one name may stand for several ids."""
        names = [(words, each) for name, each in pairs if (words := _words(name))]
        begun: dict[str, list[int]] = {}
        for at, (words, _) in enumerate(names):
            begun.setdefault(words[0], []).append(at)
        return cls(names, begun)

    def find(self, text: str) -> Meant:
        kept: list[_Place] = []
        for place in sorted(self._places(text), key=lambda each: each.weight, reverse=True):
            if all(place.stands_beside(other) for other in kept):
                kept.append(place)
        return Meant(_ids(kept), _ids(place for place in kept if place.score >= SURE))

    def _places(self, text: str) -> Iterator[_Place]:
        said = _words(text[:MOST_READ])
        for at, start in sorted(self._begun(said)):
            name, each = self.names[at]
            part = said[start : start + len(name)]
            if len(part) == len(name) and (score := _alike(part, name)):
                yield _Place(start, start + len(name), score, each)

    def _begun(self, said: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Which name may begin at which word: a look at all words of all names took 13 ms."""
        firsts = list(self.begun)
        for start, word in enumerate(said):
            alike = process.extract(word, firsts, scorer=fuzz.ratio, score_cutoff=GOOD, limit=None)
            for first, _, _ in alike:
                yield from ((at, start) for at in self.begun[first])


def _alike(said: Sequence[str], name: Sequence[str]) -> float:
    """How well the worst word fits (0–100); 0 when it does not."""
    worst = 100.0
    for word, meant in zip(said, name, strict=True):
        least = GOOD if len(meant) >= SHORTEST_SLIP else 100
        if not (score := fuzz.ratio(word, meant, score_cutoff=least)):
            return 0.0
        worst = min(worst, score)
    return worst


def _ids(places: Iterable[_Place]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place.id for place in places))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in plain(text).split() if word not in LITTLE)
