"""From when on it is answered, offered or refused: what `threshold_search` found."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "thresholds.yml"


def found(section: str) -> Any:
    """`calibration`, `thresholds` or `alarm` of thresholds.yml."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))[section]


@dataclass(frozen=True)
class Thresholds:
    """Certainties from which a topic is answered (of low or medium, of high risk, of a clause).

    `outside`: the certainty from which a message is taken to be out of scope; `offer`: the share
    that the choices together need; `choice`: the share that one needs; `courtesy`: the certainty
    from which a greeting or a thank-you is returned.
    """

    answer: float
    answer_high_risk: float
    clause: float
    outside: float
    offer: float
    choice: float
    courtesy: float = 0.45  # one too many costs less than "Grazie" as a button

    @classmethod
    def read(cls) -> "Thresholds":
        return cls(**found("thresholds"))
