"""A throw-away PostgreSQL server from the installed binaries, also when we are root."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SPEED = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


class NoPostgres(RuntimeError):
    pass


def binaries() -> Path:
    """The folder with initdb and pg_ctl; the newest when there are several."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists():
            return folder
    raise NoPostgres(
        "PostgreSQL's server is missing: run `make setup`, install the package `postgresql`, "
        "or set SPORTELLO_TEST_POSTGRES_URL to a server where databases may be created"
    )


@contextmanager
def server() -> Iterator[str]:
    """A running server's URL, without a database name; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="sportello-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    port = free_port()
    data = folder / "data"
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} {SPEED}"
    try:
        _run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
        _run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: str | Path) -> None:
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*as_postgres, str(binaries() / program), *map(str, arguments)]
    with tempfile.TemporaryFile("w+") as said:  # a pipe would be kept open by the server
        done = subprocess.run(
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False
        )
        said.seek(0)
        if done.returncode:
            raise NoPostgres(f"{program} failed: {said.read()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
