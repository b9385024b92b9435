"""No evaluation message, nor a near copy of one, stands among the training phrases."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from evaluation.messages import read_messages
from handoff.settings import ROOT
from italian.normalise import normalise

NEAR_COPY = 90  # token set ratio, of 100; it is 100 for a phrase inside a long story, hence:
COVERED = 0.5  # share of the message's words that the phrase must have to be its copy
EVALUATION = ROOT / "data" / "evaluation"


def phrases_of(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*/*.tsv")):
        for line in file.read_text("utf-8").splitlines():
            yield line.split("\t")[2]


def near_copies(messages: list[str], phrases: list[str]) -> list[tuple[str, str]]:
    ours, theirs = [normalise(each) for each in messages], [normalise(each) for each in phrases]
    scores = process.cdist(ours, theirs, scorer=fuzz.token_set_ratio, score_cutoff=NEAR_COPY)
    return [
        (messages[row], phrases[column])
        for row, column in np.argwhere(scores)
        if _size(theirs[column]) >= _size(ours[row]) * COVERED
    ]


def _size(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize("file", sorted(EVALUATION.glob("*.tsv")), ids=lambda file: file.name)
def test_evaluation_stands_apart_from_training(file):
    phrases = list(phrases_of(ROOT / "data" / "phrases"))
    assert phrases, "no training phrases were found"
    found = near_copies([message.text for message in read_messages(file)], phrases)
    assert not found, "\n".join(f"«{ours}» is near «{theirs}»" for ours, theirs in found)


def test_a_near_copy_is_noticed():
    phrases = ["Dove posso lasciare la macchina?", "grazie"]
    assert near_copies(["dove la macchina posso lasciare ?"], phrases)
    assert near_copies(["Grazie"], phrases)
    assert not near_copies(["a che ora apre il cup? grazie"], phrases)


def test_no_message_is_evaluated_and_tuned_with():
    cases = ROOT / "tests" / "handoff" / "safety_cases.tsv"
    tuned = {message.text.lower() for message in read_messages(cases)}
    held = {message.text.lower() for message in read_messages(EVALUATION / "emergencies.tsv")}
    assert not tuned & held
