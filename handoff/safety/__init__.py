"""An emergency is seen before the bot is asked, and without it."""

from handoff.safety.ear import Ear, NoEar, newest_ear
from handoff.safety.finding import Finding, Safety
from handoff.safety.following import keep_listening

__all__ = ["Ear", "Finding", "NoEar", "Safety", "keep_listening", "newest_ear"]
