"""`python -m bot.nlu.parts`: what each part brings, and whether more phrases would still help.

Every figure is of phrases in a voice that the model never heard. docs/nlu.md keeps the tables.
"""

import sys
from collections.abc import Callable, Iterator
from hashlib import sha256

import numpy as np

from bot.nlu.features import FEWEST, Counts, count
from bot.nlu.unseen import Unseen, leave_one_voice_out
from bot.phrases import Phrase, read_phrases
from bot.snapshot import snapshot_folder
from italian.features import word_features

SHARES = (0.25, 0.5, 0.75, 1.0)
PREFIXES = {
    "words": "w:",
    "lemmas": "l:",
    "pairs of lemmas": "p:",
    "concepts of the lexicon": "k:",
}
CHOICES = 3


def main() -> None:
    phrases = list(read_phrases(snapshot_folder()))
    _print("| share of the phrases | phrases | first is right | among three |\n|---|---|---|---|")
    for share in SHARES:
        some = part(phrases, share)
        _print(f"| {share:.0%} | {len(some)} | {_shares(leave_one_voice_out(some))} |")
    _print("\n| features | first is right | among the first three |\n|---|---|---|")
    for title, counts in _variants([each.text for each in phrases]):
        _print(f"| {title} | {_shares(leave_one_voice_out(phrases, counts))} |")


def part(phrases: list[Phrase], share: float) -> list[Phrase]:
    """The same ones every time; a smaller part lies within a larger."""
    limit = int(share * 0xFFFF)
    drawn = (int(sha256(each.text.encode()).hexdigest()[:4], 16) for each in phrases)
    return [each for each, number in zip(phrases, drawn, strict=True) if number <= limit]


def _variants(texts: list[str]) -> Iterator[tuple[str, dict[str, Counts]]]:
    whole = count(texts)
    yield "all of them", whole
    for title, prefix in PREFIXES.items():
        yield f"without {title}", whole | {"words": _counts(texts, _without(prefix), "words")}
    nothing = {name: _counts(texts, _nothing, name) for name in ("words", "characters")}
    yield "without characters", whole | {"characters": nothing["characters"]}
    yield "characters only", whole | {"words": nothing["words"]}


def _counts(texts: list[str], analyser: Callable[[str], list[str]], name: str) -> Counts:
    return Counts.of(texts, analyser, fewest=FEWEST[name])


def _without(prefix: str) -> Callable[[str], list[str]]:
    return lambda text: [each for each in word_features(text) if not each.startswith(prefix)]


def _nothing(text: str) -> list[str]:
    return ["."]


def _shares(unseen: Unseen) -> str:
    best = np.argsort(-unseen.margins, axis=1)[:, :CHOICES]
    among = (best == unseen.truth[:, None]).any(axis=1).mean()
    return f"{unseen.right.mean():.1%} | {among:.1%}"


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
