"""An emergency is seen before the bot is asked, and without it."""

from handoff.safety.ear import Ear, NoEar, newest_ear
from handoff.safety.finding import Finding, Safety

__all__ = ["Ear", "Finding", "NoEar", "Safety", "newest_ear"]
