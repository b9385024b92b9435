"""`leash.py SIGNAL command …`: becomes the command, which gets SIGNAL when its parent dies.

Linux only; elsewhere a killed parent leaves its children, as everywhere without this.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def tie(number: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


if __name__ == "__main__":
    tie(signal.Signals[sys.argv[1]])
    os.execv(sys.argv[2], sys.argv[2:])
