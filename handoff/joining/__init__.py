"""One citizen on several channels: joined by a one-time code and a consent, never by itself.

* `signs`   what codes are made of
* `wishes`  the commands, and the code taken out of what is kept
* `codes`   given, claimed once, spent by the consent
* `circle`  which conversations are one citizen's
* `steps`   what is done and said
* `squares` the code as QR codes
* `titles`  what citizens read of a channel
"""

from handoff.joining.circle import JOINED, lock_circle, others
from handoff.joining.codes import Codes
from handoff.joining.squares import squares
from handoff.joining.steps import (
    Joining,
    awaits_consent,
    concerns,
    forget,
    hear,
    may_reach_others,
    noted,
    without_codes,
)
from handoff.joining.titles import title_of
from handoff.joining.wishes import ASK, NO, PART, PREFIX, YES, wish_of

__all__ = [
    "ASK",
    "JOINED",
    "NO",
    "PART",
    "PREFIX",
    "YES",
    "Codes",
    "Joining",
    "awaits_consent",
    "concerns",
    "forget",
    "hear",
    "lock_circle",
    "may_reach_others",
    "noted",
    "others",
    "squares",
    "title_of",
    "wish_of",
    "without_codes",
]
