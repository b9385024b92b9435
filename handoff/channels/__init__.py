"""One module per channel. `SPORTELLO_CHANNELS=webchat,telegram` names the ones to run."""

from collections.abc import Iterable
from importlib import import_module

from handoff.channel import Channel


class UnknownChannel(ValueError):
    pass


def open_channels(names: Iterable[str]) -> dict[str, Channel]:
    """Import and build each named channel. A channel that cannot start stops the boot."""
    return {name: _open(name) for name in names}


def _open(name: str) -> Channel:
    module = f"{__name__}.{name}"
    try:
        channel: Channel = import_module(module).channel()
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise UnknownChannel(f"SPORTELLO_CHANNELS names {name!r}, which is no channel") from error
    return channel
