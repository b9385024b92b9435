"""The ledger: per channel and day, what was received and what became of it, so that a manager can
defend that nothing was lost. It reads only; what it is checked against is written by `intake`.

* `days`       the office's days
* `fates`      what became of each message: counted over the inbox
* `messages`   the same messages, and what was said, counted over the conversations
* `providers`  what was counted as it came, and the numbers that providers gave
* `stuck`      what waits although no worker is on it
* `silence`    channels that are quieter than usual
* `lines`      all of it together, and what does not balance
* `words`      the same in Italian
* `watch`      looks at it every minute
"""

from handoff.ledger.lines import Fault, Line, lines, lines_of
from handoff.ledger.watch import KEPT, LedgerWatch
from handoff.ledger.words import as_json, told

__all__ = [
    "KEPT",
    "Fault",
    "LedgerWatch",
    "Line",
    "as_json",
    "lines",
    "lines_of",
    "told",
]
