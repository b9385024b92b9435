"""`python -m bot.near_copies`: refuses phrases that only repeat another phrase of their topic."""

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import numpy as np
from rapidfuzz import fuzz, process

from bot.phrases import Phrase, read_phrases
from bot.snapshot import snapshot_folder
from italian.normalise import normalise

ALIKE = 90  # of 100, whatever the order of the words
FEWEST_WORDS = 4  # fragments of a topic are alike by nature: "orari cup", "orari del cup"


def near_copies(phrases: Sequence[Phrase]) -> Iterator[tuple[Phrase, Phrase]]:
    """Pairs of one topic that differ by a word or two; each copy once, the earlier one first."""
    topic = attrgetter("topic")
    for _, group in groupby(sorted(phrases, key=topic), key=topic):
        yield from _within(list(group))


def _within(phrases: list[Phrase]) -> Iterator[tuple[Phrase, Phrase]]:
    texts = {normalise(each.text): each for each in phrases}
    long = [text for text in texts if len(text.split()) >= FEWEST_WORDS]
    if not long:
        return
    scores = process.cdist(long, long, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
    earlier, later = np.nonzero(np.triu(scores, k=1))
    copies = {long[copy]: long[first] for first, copy in zip(earlier, later, strict=True)}
    yield from ((texts[first], texts[copy]) for copy, first in copies.items())


def main() -> None:
    found = list(near_copies(list(read_phrases(snapshot_folder()))))
    for first, copy in found:
        sys.stdout.write(f"{copy.place}: «{copy.text}» repeats {first.place}: «{first.text}»\n")
    if found:
        sys.exit(f"{len(found)} near copies: drop them, or say what they mean in another way.")


if __name__ == "__main__":
    main()
