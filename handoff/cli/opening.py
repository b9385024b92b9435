"""What the commands that open channels say when one cannot start."""

import functools
import sys
from argparse import Namespace
from collections.abc import Callable

from handoff.channels import NotOpened
from handoff.settings import Settings

Command = Callable[[Settings, Namespace], int | None]


def names_wrong_settings(run: Command) -> Command:
    """The names and what is wrong with them instead of a traceback; exit code 2."""

    @functools.wraps(run)
    def tried(settings: Settings, chosen: Namespace) -> int | None:
        try:
            return run(settings, chosen)
        except NotOpened as error:
            sys.stderr.write(f"Wrong settings, see .env.example and docs/canali: {error}\n")
            return 2

    return tried
