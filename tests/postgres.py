"""A throw-away PostgreSQL server from the installed binaries, also when we are root."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# what was committed survives the death of the server, though not that of the machine
SURVIVES = "-c fsync=off -c max_connections=200"
SPEED = f"{SURVIVES} -c synchronous_commit=off -c full_page_writes=off"


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
    with started(SPEED) as running:
        yield running.url


@dataclass(frozen=True, slots=True)
class Server:
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Without a database name."""
        return f"postgresql://postgres@127.0.0.1:{self.port}"

    def start(self, how: str) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} {how}"
        self._control("-w", "-l", self.folder / "log", "-o", options, "start")

    def stop(self) -> None:
        """As if it were killed: what was open is recovered at the next start."""
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: str | Path) -> None:
        _run("pg_ctl", "-D", self.folder / "data", *arguments)


@contextmanager
def started(how: str) -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="sportello-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    running = Server(folder, free_port())
    try:
        data = folder / "data"
        _run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
        running.start(how)
        try:
            yield running
        finally:
            running.stop()
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
