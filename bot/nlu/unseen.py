"""Every phrase as a model sees it that never heard its voice: leave one voice out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.nlu.certainty import Calibration
from bot.nlu.features import Counts, count
from bot.nlu.linear import NEAR, LinearModel
from bot.phrases import Phrase
from italian.listening import ANALYSERS

NO_CALIBRATION = Calibration(1.0, (0.0,))
UNHEARD = -10.0  # the margin of a topic that the other voices do not know


@dataclass(frozen=True)
class Unseen:
    """Rows: phrases. `margins` has a column for each of `names`; `truth` is a column's number."""

    names: list[str]
    truth: np.ndarray
    margins: np.ndarray
    evidence: np.ndarray

    @property
    def first(self) -> np.ndarray:
        return self.margins.argmax(axis=1)

    @property
    def right(self) -> np.ndarray:
        return self.first == self.truth


def leave_one_voice_out(
    phrases: Sequence[Phrase], counts: Mapping[str, Counts] | None = None
) -> Unseen:
    """`counts`: other features than the model's own, to see what each brings."""
    counts = counts or count([each.text for each in phrases])
    labels = [each.topic for each in phrases]
    names, truth = np.unique(labels, return_inverse=True)
    margins = np.full((len(phrases), len(names)), UNHEARD, dtype=np.float32)
    proofs: dict[int, tuple[float, ...]] = {}
    for known, unseen in folds(phrases):
        model = LinearModel.fit(counts, labels, NO_CALIBRATION, known)
        places = np.searchsorted(names, model.labels)
        margins[np.ix_(unseen, places)] = model.margins(counts, unseen)
        proofs |= dict(_evidence(model, counts, phrases, unseen))
    ordered = np.array([proofs[at] for at in range(len(phrases))])
    return Unseen(names.tolist(), truth, margins, ordered)


def folds(phrases: Sequence[Phrase]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    voices = np.array([each.voice for each in phrases])
    for voice in np.unique(voices):
        yield np.flatnonzero(voices != voice), np.flatnonzero(voices == voice)


def _evidence(
    model: LinearModel,
    counts: Mapping[str, Counts],
    phrases: Sequence[Phrase],
    unseen: np.ndarray,
) -> Iterator[tuple[int, tuple[float, ...]]]:
    near = counts[NEAR].weighed(model.spaces[NEAR], unseen)
    for at, row, margins in zip(unseen, near, model.margins(counts, unseen), strict=True):
        text = phrases[at].text
        features, words = len(set(ANALYSERS[NEAR](text))), len(text.split())
        found = model.evidence(margins, (row.indices, row.data), features, words)
        yield int(at), found.numbers()
