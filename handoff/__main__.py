"""`python -m handoff COMMAND`: see handoff.cli."""

import os
import sys

from handoff.cli import main

NOT_FOR_OTHERS = 0o027  # no other user of the machine reads what citizens write

os.umask(NOT_FOR_OTHERS)
sys.exit(main(sys.argv[1:]))
