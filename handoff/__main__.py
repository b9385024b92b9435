"""`python -m handoff COMMAND`: see handoff.cli."""

import sys

from handoff.cli import main

sys.exit(main(sys.argv[1:]))
