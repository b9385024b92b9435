"""What a channel is, and what each may use: it knows this and nothing else of ours.

* `events`    what a provider tells us: messages, what became of ours, echoes, oddities
* `outgoing`  what we want sent, what came of it, and the failures
* `base`      `Channel` itself
* `windows`   who may still write to a citizen who has been silent for a while
* `webhook`   reading a request: its size, its signature
* `parts`     cutting a long text where a reader would pause
* `unfinished`  which parts of a message arrived before it was interrupted
* `choices`   buttons as numbered lines
* `batch`     handing over all that one post brought
* `calling`   calling a provider, and what its silence means
"""

from handoff.channel.base import NO_FILES, Channel
from handoff.channel.events import (
    Attachment,
    Echo,
    Event,
    Inbound,
    NotOffered,
    Oddity,
    Reach,
    Receive,
    Received,
    Status,
    Withdrawn,
)
from handoff.channel.outgoing import (
    Answered,
    Button,
    DeliveryError,
    File,
    Outbound,
    PermanentFailure,
    Receipt,
    Template,
    TemporaryFailure,
    TokenRefused,
    UnknownOutcome,
    Unreachable,
    WindowClosed,
)

__all__ = [
    "NO_FILES",
    "Answered",
    "Attachment",
    "Button",
    "Channel",
    "DeliveryError",
    "Echo",
    "Event",
    "File",
    "Inbound",
    "NotOffered",
    "Oddity",
    "Outbound",
    "PermanentFailure",
    "Reach",
    "Receipt",
    "Receive",
    "Received",
    "Status",
    "Template",
    "TemporaryFailure",
    "TokenRefused",
    "UnknownOutcome",
    "Unreachable",
    "WindowClosed",
    "Withdrawn",
]
