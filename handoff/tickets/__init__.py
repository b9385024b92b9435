"""Requests for a person: open · take · reply · note · close · reopen · hand back · withdraw."""

from handoff.tickets.changes import ADD, CHANGES, WITHDRAW, change
from handoff.tickets.clock import Clock, Stage, Terms, day_of, end_of
from handoff.tickets.contacts import Contact, write_down
from handoff.tickets.elsewhere import reply_elsewhere
from handoff.tickets.keys import hash_key, may_be_key, new_key, read_name
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
from handoff.tickets.resending import resend, send_template
from handoff.tickets.standing import Standing, standings
from handoff.tickets.state import Conflict, NotFound, Unread, note_joined
from handoff.tickets.work import close, hand_back, note, register, reopen, reply, take

__all__ = [
    "ADD",
    "CHANGES",
    "LIVE",
    "WITHDRAW",
    "Clock",
    "Conflict",
    "Contact",
    "NotFound",
    "Opened",
    "Stage",
    "Standing",
    "Terms",
    "Unread",
    "change",
    "close",
    "counts",
    "day_of",
    "end_of",
    "escalate",
    "hand_back",
    "hash_key",
    "history",
    "may_be_key",
    "name_of",
    "new_key",
    "note",
    "note_joined",
    "of_conversation",
    "open_ticket",
    "queue",
    "read_name",
    "register",
    "reopen",
    "reply",
    "reply_elsewhere",
    "resend",
    "send_template",
    "standings",
    "take",
    "waits_for",
    "with_key",
    "write_down",
]
