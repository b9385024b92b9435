"""Shows citizens that an answer is coming. Never holds one up, whatever the provider does."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from handoff.channel import Channel

MOST = 50  # at once; who comes then goes without
TOO_SLOW = 5.0  # seconds


class Presence:
    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels
        self._signs: set[asyncio.Task[None]] = set()

    def show(self, channel: str, address: str, message_id: str) -> None:
        """In the background; `message_id` is the provider's id of what the citizen wrote."""
        known = self._channels.get(channel)
        if known is None or known.pulled or len(self._signs) >= MOST:
            return
        sign = asyncio.create_task(_show(known, address, message_id))
        self._signs.add(sign)
        sign.add_done_callback(self._signs.discard)


async def _show(channel: Channel, address: str, message_id: str) -> None:
    with suppress(Exception):  # a sign that is not shown is no harm
        async with asyncio.timeout(TOO_SLOW):
            await channel.show_typing(address, message_id)
