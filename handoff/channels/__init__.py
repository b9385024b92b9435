"""One module per channel. `SPORTELLO_CHANNELS=webchat,telegram` names the ones to run."""

from collections.abc import Iterable
from importlib import import_module

from pydantic import ValidationError

from handoff.channel import Channel


class NotOpened(ValueError):
    """What is wrong with the settings, for whoever writes them; never a value of theirs."""


class UnknownChannel(NotOpened):
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
    except ValidationError as error:
        raise NotOpened(_sentences(name, error)) from error
    return channel


def _sentences(name: str, error: ValidationError) -> str:
    """A line for each fault, by the name that the setting has in .env."""
    faults = (
        "_".join(["SPORTELLO", name, *map(str, fault["loc"])]).upper() + f": {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False)
    )
    return "\n".join((f"the channel {name} cannot start:", *faults))
