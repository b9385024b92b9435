"""Finds the thresholds that cost least on phrases a model has not seen: `python -m …`."""

import itertools
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.nlu.linear import calibrate, confidences, cross_validated_margins
from bot.nlu.verdict import MOST_CHOICES, OUT_OF_SCOPE, THRESHOLDS, Thresholds
from bot.snapshot import Topic, read_topics, snapshot_folder

# The product's prices of one message
WRONG, QUESTION_BACK, NEEDLESS_DECLINE = 10, 2, 3
# A question back whose choices miss the wish leaves the citizen where a decline does
VAIN_QUESTION = NEEDLESS_DECLINE
GRID = [round(step / 20, 2) for step in range(6, 20)]
CLAUSE_ABOVE, MOST_SURE = 0.15, 0.95
LEAST_CHOICE = 0.05


@dataclass
class Judged:
    """The cross-validated view of every phrase, ready to be priced."""

    first: np.ndarray
    together: np.ndarray
    right: np.ndarray
    among: np.ndarray
    risky: np.ndarray
    outside: np.ndarray
    declines: np.ndarray

    @classmethod
    def of(cls, topics: dict[str, Topic]) -> "Judged":
        labels = [topic.id for topic in topics.values() for _ in topic.phrases]
        texts = [phrase.text for topic in topics.values() for phrase in topic.phrases]
        names, margins = cross_validated_margins(texts, labels)
        truth = np.searchsorted(names, labels)
        found = confidences(margins, calibrate(margins, truth))
        order = np.argsort(-found, axis=1)[:, :MOST_CHOICES]
        best = np.take_along_axis(found, order, axis=1)
        ids = np.array(names)
        risky = np.array([topics[name].risk == "H" for name in names])
        return cls(
            first=best[:, 0],
            together=best.sum(axis=1),
            right=order[:, 0] == truth,
            among=((order == truth[:, None]) & (best >= LEAST_CHOICE)).any(axis=1),
            risky=risky[order[:, 0]],
            outside=np.array(labels) == OUT_OF_SCOPE,
            declines=ids[order[:, 0]] == OUT_OF_SCOPE,
        )

    def outcomes(self, answer: float, high: float, offer: float) -> dict[str, float]:
        """The share of phrases that are answered, offered, missed, declined, wrong."""
        inside = ~self.outside
        acts = ~self.declines & (self.first >= np.where(self.risky, high, answer))
        offers = ~self.declines & ~acts & (self.together >= offer)
        silent = ~acts & ~offers
        return {
            "right": float((acts & self.right | silent & self.outside).mean()),
            "offered": float((offers & self.among & inside).mean()),
            "missed": float((offers & ~(self.among & inside)).mean()),
            "declined": float((silent & inside).mean()),
            "wrong": float((acts & ~self.right).mean()),
        }


def cost(outcomes: dict[str, float]) -> float:
    prices = {
        "wrong": WRONG,
        "offered": QUESTION_BACK,
        "missed": VAIN_QUESTION,
        "declined": NEEDLESS_DECLINE,
    }
    return sum(price * outcomes[name] for name, price in prices.items())


def search(judged: Judged) -> Thresholds:
    tried = (
        (answer, high, offer)
        for answer, high, offer in itertools.product(GRID, GRID, GRID)
        if high >= answer
    )
    answer, high, offer = min(tried, key=lambda three: (cost(judged.outcomes(*three)), three))
    # A needless question back is the better mistake where the risk is high
    high = max(high, round(min(answer + CLAUSE_ABOVE, MOST_SURE), 2))
    clause = round(min(answer + CLAUSE_ABOVE, MOST_SURE), 2)
    return Thresholds(answer, high, clause, offer, LEAST_CHOICE)


def report(judged: Judged, found: Thresholds, topics: dict[str, Topic]) -> dict[str, Any]:
    outcomes = judged.outcomes(found.answer, found.answer_high_risk, found.offer)
    return {
        "thresholds": dict(vars(found)),
        "found": {
            "phrases": len(judged.first),
            "topics": len(topics),
            "first_is_right": round(float(judged.right.mean()), 4),
            "mean_cost": round(cost(outcomes), 4),
            **{name: round(share, 4) for name, share in outcomes.items()},
        },
    }


def main(file: Path = THRESHOLDS) -> None:
    topics = read_topics(snapshot_folder())
    judged = Judged.of(topics)
    content = report(judged, search(judged), topics)
    head = (
        "# Written by `python -m bot.nlu.threshold_search` (cross-validation on the phrases; a\n"
        "# wrong answer costs 10, a question back 2, a needless decline 3). `clause` and\n"
        "# `answer_high_risk` stand 0.15 or more above `answer`; `choice` is a button's least.\n"
    )
    text = head + yaml.safe_dump(content, sort_keys=False)
    file.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
