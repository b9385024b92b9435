"""Asks the bots; a circuit breaker for each keeps a dead one from slowing everybody."""

from handoff.bot.addresses import Addresses
from handoff.bot.answers import Answer, BotSilent, Reply, TicketWish
from handoff.bot.breaker import FAILURES_TO_OPEN, OPEN_FOR, Breaker
from handoff.bot.pool import Bots

__all__ = [
    "FAILURES_TO_OPEN",
    "OPEN_FOR",
    "Addresses",
    "Answer",
    "BotSilent",
    "Bots",
    "Breaker",
    "Reply",
    "TicketWish",
]
