"""`python -m handoff serve|worker|migrate|first-login|add-operator`."""

import sys

from handoff.cli import main

sys.exit(main(sys.argv[1:]))
