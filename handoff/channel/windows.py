"""Who may still write to a citizen who has been silent for a while."""

from datetime import datetime, timedelta
from enum import StrEnum

from handoff.channel.base import Channel


class Standing(StrEnum):
    OPEN = "open"
    HUMAN_ONLY = "human_only"
    TEMPLATE_ONLY = "template_only"
    CLOSED = "closed"


def standing(channel: Channel, heard_at: datetime | None, now: datetime) -> Standing:
    """How things stand with a citizen whose last message came at `heard_at`."""
    silence = now - heard_at if heard_at else timedelta.max
    if channel.window is None or silence < channel.window:
        return Standing.OPEN
    if channel.human_window is not None and silence < channel.human_window:
        return Standing.HUMAN_ONLY
    return Standing.TEMPLATE_ONLY if channel.has_templates else Standing.CLOSED
