"""From how loud on it is an alarm: learned from phrases in voices that were not heard."""

from typing import Any

import numpy as np

from bot.nlu.unseen import Unseen

ALARMS = ("emergenza", "crisi_psicologica")
# Of the phrases that are no alarm, many of which were written to sound like one, so many may
# raise it: the citizen reads "112" in vain and a person looks
MOST_FALSE = 0.0125
# So many of the real alarms may be as quiet as what is doubted: only where a rule cried, too
MOST_DOUBTED = 0.02
TABLE = (-0.5, -0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2)


def loudness(unseen: Unseen) -> np.ndarray:
    """The margin of each phrase's likelier alarm, less that of its best other topic."""
    alarms = np.isin(unseen.names, ALARMS)
    return unseen.margins[:, alarms].max(axis=1) - unseen.margins[:, ~alarms].max(axis=1)


def chosen(unseen: Unseen) -> dict[str, Any]:
    """`threshold` and `doubt`, and what each threshold would find and raise in vain."""
    heard, real = loudness(unseen), np.isin(unseen.names, ALARMS)[unseen.truth]
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
    # Plus zero: minus zero is not a number to show anybody
    return round(float(np.ceil(np.quantile(harmless, 1 - MOST_FALSE) * 100)) / 100, 2) + 0.0


def doubt(real: np.ndarray) -> float:
    return round(float(np.floor(np.quantile(real, MOST_DOUBTED) * 100)) / 100, 2)
