"""An emergency is seen before the bot is asked, and without it."""

from handoff.safety.finding import Finding, Safety

__all__ = ["Finding", "Safety"]
