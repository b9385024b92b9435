"""A throw-away PostgreSQL server."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.equipment import NO_POSTGRES, find_postgres
from ops.postgres import Server
from ops.progress import Remedy

# what was committed survives the death of the server, though not that of the machine
SURVIVES = "-c fsync=off -c max_connections=200"
SPEED = f"{SURVIVES} -c synchronous_commit=off -c full_page_writes=off"


@contextmanager
def server() -> Iterator[str]:
    """A running server's URL, without a database name: the one that was named, else one of our
    own that is gone afterwards."""
    if given := os.environ.get("SPORTELLO_TEST_POSTGRES_URL"):
        yield given.rstrip("/")
        return
    with started(SPEED) as running:
        yield running.url


@contextmanager
def started(options: str) -> Iterator[Server]:
    programs = find_postgres(os.environ)
    if programs is None:
        raise Remedy(NO_POSTGRES)
    folder = Path(tempfile.mkdtemp(prefix="sportello-pg-"))
    try:
        running = Server(programs, folder, free_port(), options)
        with running.running(stop="immediate"):
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
