"""Files of citizens and operators: stored at once, looked at before anybody opens them.

* `intake`    which files came with a message, written down with it
* `queue`     those nobody looked at yet are jobs
* `kinds`, `pixels`, `checking`, `scanning`   whether a file is harmless
* `room`      whether the disk can take any more
* `contents`  reading what was kept, and forgetting it
* `evidence`  receipts of certified mail, as they came
* `drafts`    what operators uploaded and have not sent yet
"""

from handoff.attachments.checking import LARGEST, TOO_BIG, Refused, Seen, check
from handoff.attachments.contents import Kept, copy, forget, headers, kept, kept_of, kind_of
from handoff.attachments.drafts import MOST_FILES, Gone, add_draft, drafts, give
from handoff.attachments.evidence import RECEIPT, keep_receipt, receipts_of
from handoff.attachments.intake import put, safe_name, shown
from handoff.attachments.queue import WAITING, Claimed, Outcome, again, claim, settle
from handoff.attachments.room import NOT_NOW, Room
from handoff.attachments.scanning import NOT_SET, Scanner, ScannerAway

__all__ = [
    "LARGEST",
    "MOST_FILES",
    "NOT_NOW",
    "NOT_SET",
    "RECEIPT",
    "TOO_BIG",
    "WAITING",
    "Claimed",
    "Gone",
    "Kept",
    "Outcome",
    "Refused",
    "Room",
    "Scanner",
    "ScannerAway",
    "Seen",
    "add_draft",
    "again",
    "check",
    "claim",
    "copy",
    "drafts",
    "forget",
    "give",
    "headers",
    "keep_receipt",
    "kept",
    "kept_of",
    "kind_of",
    "put",
    "receipts_of",
    "safe_name",
    "settle",
    "shown",
]
