"""From how loud on it is an alarm: learned from phrases in voices that were not heard."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bot.nlu.alarm import LABELS, Alarm
from bot.nlu.features import Counts
from bot.nlu.unseen import folds
from bot.phrases import Phrase

# Of the phrases that are no alarm, many of which were written to sound like one, so many may
# raise it: the citizen reads "112" in vain and a person looks
MOST_FALSE = 0.012
# Of the real alarms so many may be as quiet as what is doubted
MOST_DOUBTED = 0.01
TABLE = (0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3)


def loudness(phrases: Sequence[Phrase], counts: Mapping[str, Counts]) -> np.ndarray:
    """Of every phrase, to an ear that never heard its voice."""
    labels = [each.topic for each in phrases]
    heard = np.zeros(len(phrases))
    for known, unseen in folds(phrases):
        heard[unseen] = Alarm.fit(counts, labels, known).loudest(counts, unseen)
    return heard


def chosen(phrases: Sequence[Phrase], counts: Mapping[str, Counts]) -> dict[str, Any]:
    """`threshold` and `doubt`, and what each threshold would find and raise in vain."""
    heard = loudness(phrases, counts)
    real = np.isin([each.topic for each in phrases], LABELS)
    return {
        "threshold": threshold(heard[~real]),
        "doubt": doubt(heard[real]),
        "found": [
            {
                "from": level,
                "caught": round(float((heard[real] >= level).mean()), 4),
                "in_vain": round(float((heard[~real] >= level).mean()), 4),
            }
            for level in TABLE
        ],
    }


def threshold(harmless: np.ndarray) -> float:
    """The lowest hundredth that keeps its promise."""
    return float(np.ceil(np.quantile(harmless, 1 - MOST_FALSE) * 100) / 100)


def doubt(real: np.ndarray) -> float:
    return float(np.floor(np.quantile(real, MOST_DOUBTED) * 1000) / 1000)
