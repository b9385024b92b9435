"""Ports on this machine: which one was asked for, whether it is free, which ones are."""

import random
import socket
from collections.abc import Mapping

from ops.progress import Remedy

DEFAULT = 8000
HIGHEST = 65_535
UNUSED = range(20_000, 32_000)  # below the range from which systems take ports for outgoing calls


def wanted(environ: Mapping[str, str]) -> int:
    asked = environ.get("PORT") or environ.get("SPORTELLO_PORT") or str(DEFAULT)
    if not asked.isdecimal() or not 0 < int(asked) <= HIGHEST:
        raise Remedy(f"PORT is {asked!r}: give a number from 1 to {HIGHEST}.")
    return int(asked)


def require_free(port: int, *, host: str = "127.0.0.1") -> None:
    if not is_free(port, host=host):
        raise Remedy(
            f"Port {port} is in use or not allowed: stop what uses it, or choose another one, "
            f"for instance `make run PORT={port % HIGHEST + 1}`."
        )


def is_free(port: int, *, host: str = "127.0.0.1") -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
        try:
            tried.bind((host, port))
            tried.listen()
        except OSError:
            return False
    return True


def choose(count: int) -> list[int]:
    shuffled = random.sample(UNUSED, len(UNUSED))
    free = (port for port in shuffled if is_free(port))
    return [next(free) for _ in range(count)]
