"""Learns calibration and thresholds from phrases in voices not heard: `python -m …`."""

import itertools
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bot.nlu import alarm_search
from bot.nlu.certainty import OUT_OF_SCOPE, Calibration, shares
from bot.nlu.thresholds import FILE, Thresholds
from bot.nlu.unseen import Unseen, leave_one_voice_out
from bot.nlu.verdict import MOST_CHOICES
from bot.phrases import Phrase
from bot.snapshot import Topic, read_topics, snapshot_folder

# The product's prices of one message
WRONG, QUESTION_BACK, NEEDLESS_DECLINE = 10, 2, 3
# A question back whose choices miss the wish leaves the citizen where a decline does
VAIN_QUESTION = NEEDLESS_DECLINE
CERTAIN = [round(step / 50, 2) for step in range(20, 50)]
SHARES = [round(step / 50, 2) for step in range(0, 30)]
STRICTER, MOST_SURE, LEAST_CHOICE = 0.08, 0.98, 0.02


@dataclass(frozen=True)
class Judged:
    """What the decision is made of, for every phrase, and what would have been right."""

    certainty: np.ndarray
    together: np.ndarray
    right: np.ndarray
    among: np.ndarray
    risky: np.ndarray
    outside: np.ndarray  # the phrase is out of scope
    declines: np.ndarray  # the first guess is that it is

    @classmethod
    def of(cls, unseen: Unseen, calibration: Calibration, topics: dict[str, Topic]) -> "Judged":
        scope = unseen.names.index(OUT_OF_SCOPE)
        likely = shares(unseen.margins, calibration.sharpness)
        inside = np.where(np.arange(likely.shape[1]) == scope, -1, likely)
        order = np.argsort(-inside, axis=1)[:, :MOST_CHOICES]
        offered = np.take_along_axis(inside, order, axis=1)
        offered = np.where(offered >= LEAST_CHOICE, offered, 0)
        risky = np.array([topics[name].risk == "H" for name in unseen.names])
        return cls(
            certainty=_certainties(calibration, unseen.evidence),
            together=offered.sum(axis=1),
            right=unseen.right,
            among=((order == unseen.truth[:, None]) & (offered > 0)).any(axis=1),
            risky=risky[unseen.first],
            outside=unseen.truth == scope,
            declines=unseen.first == scope,
        )

    def outcomes(self, tried: Thresholds) -> dict[str, float]:
        """The share of phrases that are answered, offered (in vain, out of scope), declined …"""
        inside = ~self.outside
        needed = np.where(self.risky, tried.answer_high_risk, tried.answer)
        acts = ~self.declines & (self.certainty >= needed)
        refuses = self.declines & (self.certainty >= tried.outside)
        offers = ~acts & ~refuses & (self.together >= tried.offer)
        silent = ~acts & ~offers
        return {
            "right": float((acts & self.right | silent & self.outside).mean()),
            "offered": float((offers & self.among & inside).mean()),
            "missed": float((offers & ~self.among & inside).mean()),
            "asked": float((offers & self.outside).mean()),
            "declined": float((silent & inside).mean()),
            "wrong": float((acts & ~self.right).mean()),
        }


def calibrate(unseen: Unseen) -> Calibration:
    """The sharpness that surprises least, and what the evidence says of being right."""

    def surprise(sharpness: float) -> float:
        right = shares(unseen.margins, sharpness)[np.arange(len(unseen.truth)), unseen.truth]
        return float(-np.log(np.maximum(right, 1e-9)).mean())

    sharpness = minimize_scalar(surprise, bounds=(0.5, 30), method="bounded").x
    judge = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    judge.fit(unseen.evidence, unseen.right)
    scale, weights = judge[0], judge[1].coef_[0] / judge[0].scale_
    base = judge[1].intercept_[0] - weights @ scale.mean_
    return Calibration(round(float(sharpness), 4), tuple(np.round([base, *weights], 4).tolist()))


def _certainties(calibration: Calibration, evidence: np.ndarray) -> np.ndarray:
    pulled = evidence @ np.array(calibration.pull[1:]) + calibration.pull[0]
    return 1 / (1 + np.exp(-np.clip(pulled, -30, 30)))


def cost(outcomes: dict[str, float]) -> float:
    prices = {
        "wrong": WRONG,
        "offered": QUESTION_BACK,
        "missed": VAIN_QUESTION,
        "asked": QUESTION_BACK,
        "declined": NEEDLESS_DECLINE,
    }
    return sum(price * outcomes[name] for name, price in prices.items())


def search(judged: Judged) -> Thresholds:
    """One threshold after the other, twice: each at its cheapest while the others stand."""
    best = Thresholds(0.8, 0.9, 0.9, 0.6, 0.3, LEAST_CHOICE)
    for _ in range(2):
        for name, values in _steps():
            tried = [Thresholds(**asdict(best) | {name: value}) for value in values]
            best = min(tried, key=lambda each: cost(judged.outcomes(each)))
    # A needless question back is the better mistake where the risk is high, or two are answered
    stricter = round(min(best.answer + STRICTER, MOST_SURE), 2)
    high = max(best.answer_high_risk, stricter)
    return Thresholds(**asdict(best) | {"answer_high_risk": high, "clause": stricter})


def _steps() -> Iterator[tuple[str, list[float]]]:
    yield from itertools.product(("answer", "answer_high_risk", "outside"), (CERTAIN,))
    yield "offer", SHARES


def report(phrases: list[Phrase], topics: dict[str, Topic]) -> dict[str, Any]:
    unseen = leave_one_voice_out(phrases)
    calibration = calibrate(unseen)
    judged = Judged.of(unseen, calibration, topics)
    best = search(judged)
    outcomes = judged.outcomes(best)
    return {
        "calibration": {"sharpness": calibration.sharpness, "pull": list(calibration.pull)},
        "thresholds": asdict(best),
        "alarm": alarm_search.chosen(unseen),
        "found": {
            "phrases": len(phrases),
            "topics": len(topics),
            "first_is_right": round(float(judged.right.mean()), 4),
            "mean_cost": round(cost(outcomes), 4),
            **{name: round(share, 4) for name, share in outcomes.items()},
        },
    }


HEAD = """\
# Written by `python -m bot.nlu.threshold_search`: what a model says of phrases in a voice that it
# never heard, priced (a wrong answer costs 10, a question back 2, a needless decline 3).
# `clause` and `answer_high_risk` stand above `answer`; `choice` is a button's least share.
"""


def main(file: Path = FILE) -> None:
    topics = read_topics(snapshot_folder())
    phrases = [phrase for topic in topics.values() for phrase in topic.phrases]
    text = HEAD + yaml.safe_dump(report(phrases, topics), sort_keys=False)
    file.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
