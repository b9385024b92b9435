"""`sportello channels`: whether each can start, and what its provider says of our credentials."""

import argparse
import asyncio
import sys
from collections.abc import Mapping

from handoff.channel import Channel
from handoff.channel_watch import trouble_of
from handoff.channels import open_channels
from handoff.cli.opening import names_wrong_settings
from handoff.settings import Settings

IN_ORDER = "in order"
UNASKED = "settings in order"


@names_wrong_settings
def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Exit code 2 for wrong settings, 1 when a provider has something against us."""
    channels = open_channels(settings.channels)
    if chosen.offline:
        _tell(dict.fromkeys(channels, UNASKED))
        return 0
    troubles = asyncio.run(_ask(channels))
    _tell({name: trouble or IN_ORDER for name, trouble in troubles.items()})
    return 1 if any(troubles.values()) else 0


async def _ask(channels: Mapping[str, Channel]) -> dict[str, str | None]:
    found = await asyncio.gather(*(trouble_of(channel) for channel in channels.values()))
    for channel in channels.values():
        await channel.close()
    return dict(zip(channels, found, strict=True))


def _tell(states: Mapping[str, str]) -> None:
    width = max(map(len, states), default=0) + 2
    sys.stdout.write("".join(f"{name.ljust(width)}{said}\n" for name, said in states.items()))
