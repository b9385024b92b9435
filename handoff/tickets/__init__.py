"""Requests for a person: open · take · reply · note · close · reopen · hand back."""

from handoff.tickets.keys import hash_key, new_key
from handoff.tickets.opening import LIVE, Opened, escalate, open_ticket
from handoff.tickets.reads import (
    counts,
    history,
    name_of,
    of_conversation,
    queue,
    waits_for,
    with_key,
)
from handoff.tickets.state import Conflict, NotFound
from handoff.tickets.work import close, hand_back, note, reopen, reply, take

__all__ = [
    "LIVE",
    "Conflict",
    "NotFound",
    "Opened",
    "close",
    "counts",
    "escalate",
    "hand_back",
    "hash_key",
    "history",
    "name_of",
    "new_key",
    "note",
    "of_conversation",
    "open_ticket",
    "queue",
    "reopen",
    "reply",
    "take",
    "waits_for",
    "with_key",
]
