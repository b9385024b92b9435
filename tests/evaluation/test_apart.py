"""No evaluation message, nor a near copy of one, stands among the training phrases."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from evaluation.messages import read_messages
from handoff.settings import ROOT
from italian.normalise import normalise
from tests.evaluation.nearness import Shelf

NEAR_COPY = 90  # token set ratio, of 100; it is 100 for a phrase inside a long story, hence:
COVERED = 0.5  # share of the message's words that the phrase must have to be its copy
EVALUATION = ROOT / "data" / "evaluation"


def phrases_of(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*/*.tsv")):
        for line in file.read_text("utf-8").splitlines():
            yield line.split("\t")[2]


class Phrases:
    def __init__(self, phrases: list[str]) -> None:
        self.phrases = phrases
        self.normal = [normalise(each) for each in phrases]
        self.shelf = Shelf(self.normal)

    def copied_by(self, messages: list[str]) -> list[tuple[str, str]]:
        """Each message with each phrase that it is a near copy of."""
        return [
            (message, self.phrases[place])
            for message in messages
            for place in self.shelf.near(normalise(message), bound=NEAR_COPY)
            if _size(self.normal[place]) >= _size(normalise(message)) * COVERED
        ]


def _size(text: str) -> int:
    return len(text.split())


@pytest.fixture(scope="module")
def training() -> Phrases:
    phrases = list(phrases_of(ROOT / "data" / "phrases"))
    assert phrases, "no training phrases were found"
    return Phrases(phrases)


@pytest.mark.parametrize("file", sorted(EVALUATION.glob("*.tsv")), ids=lambda file: file.name)
def test_evaluation_stands_apart_from_training(file, training):
    found = training.copied_by([message.text for message in read_messages(file)])
    assert not found, "\n".join(f"«{ours}» is near «{theirs}»" for ours, theirs in found)


def test_a_near_copy_is_noticed():
    phrases = Phrases(["Dove posso lasciare la macchina?", "grazie"])
    assert phrases.copied_by(["dove la macchina posso lasciare ?"])
    assert phrases.copied_by(["Grazie"])
    assert not phrases.copied_by(["a che ora apre il cup? grazie"])


@pytest.mark.parametrize("bound", [60, NEAR_COPY])
def test_what_is_not_compared_is_never_near(training, bound):
    """As rapidfuzz finds them by comparing all with all, misspelt and cut ones among them."""
    theirs = training.normal[::9]
    messages = [normalise(each.text) for each in read_messages(EVALUATION / "messages.tsv")]
    cut = [text[: len(text) * 4 // 5] for text in theirs[::200]]
    misspelt = [text.replace("a", "o").replace("tt", "t") for text in theirs[7::200]]
    ours = [*messages[::40], *cut, *misspelt, "", "grazzie"]
    scores = process.cdist(ours, theirs, scorer=fuzz.token_set_ratio, score_cutoff=bound)
    expected = [np.flatnonzero(row).tolist() for row in scores]
    shelf = Shelf(theirs)
    assert [shelf.near(text, bound=bound) for text in ours] == expected
    assert sum(map(bool, expected)) > len(cut)


def test_no_message_is_evaluated_and_tuned_with():
    cases = ROOT / "tests" / "handoff" / "safety_cases.tsv"
    tuned = {message.text.lower() for message in read_messages(cases)}
    held = {message.text.lower() for message in read_messages(EVALUATION / "emergencies.tsv")}
    assert not tuned & held
