"""`python -m ops <command>`: what the Makefile's targets call."""

import sys

if sys.version_info < (3, 11):  # reached by an old python3: it has to read this far
    sys.exit(
        "Sportello needs Python 3.11 or later and found %d.%d: "  # noqa: UP031
        "name a newer one, for instance `make run PYTHON=python3.12`." % sys.version_info[:2]
    )

import os
import signal

from ops import commands, leash
from ops.progress import Remedy, say


def stop(*_: object) -> None:
    """SIGTERM ends as Ctrl-C does: in order, with what was started."""
    raise KeyboardInterrupt


# SIGINT too: a shell that starts us in the background has it ignored
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, stop)
if os.environ.get("MAKELEVEL"):
    leash.tie(signal.SIGTERM)  # a killed `make` does not leave us running
try:
    sys.exit(commands.call(sys.argv[1:]))
except Remedy as remedy:
    say(str(remedy))
    sys.exit(1)
except KeyboardInterrupt:
    say("Stopped.")
    sys.exit(130)
