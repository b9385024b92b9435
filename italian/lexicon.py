"""The lay words of a hospital, grouped by what they mean: lastra, raggi, rx -> radiografia."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from italian.data import PACKAGED, word_list
from italian.lemmas import lemmas
from italian.normalise import normalise
from italian.tokens import words

Phrase = tuple[str, ...]


def concepts(text_words: list[str], *, data: Path = PACKAGED) -> list[str]:
    """The concepts named by these words, in order; the longest expression wins."""
    return list(_found(lemmas(text_words), _expressions(data), _longest(data)))


def _found(text: list[str], known: dict[Phrase, str], longest: int) -> Iterator[str]:
    start = 0
    while start < len(text):
        sizes = range(min(longest, len(text) - start), 0, -1)
        size = next((n for n in sizes if tuple(text[start : start + n]) in known), 0)
        if size:
            yield known[tuple(text[start : start + size])]
        start += size or 1


@cache
def _longest(data: Path) -> int:
    """Of all expressions, in words: looked for once, it costs 0.2 ms."""
    return max(map(len, _expressions(data)), default=0)


@cache
def _expressions(data: Path) -> dict[Phrase, str]:
    groups: dict[str, Iterable[str]] = word_list("lexicon.yml", data=data)
    known: dict[Phrase, str] = {}
    for concept, expressions in groups.items():
        for expression in expressions:
            phrase = tuple(lemmas(words(normalise(expression, data=data))))
            if known.setdefault(phrase, concept) != concept:
                raise ValueError(
                    f"lexicon.yml: «{expression}» stands under {known[phrase]} and {concept}"
                )
    return known
