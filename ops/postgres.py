"""A PostgreSQL server of our own from the installed programs, also when we are root."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops.progress import Remedy

USER = "postgres"


@dataclass(frozen=True)
class Server:
    programs: Path  # with initdb and pg_ctl
    folder: Path  # of the data, the log and the socket
    port: int
    options: str = ""  # as `postgres` takes them
    password: str = ""  # none: whoever is on this machine gets in

    @property
    def url(self) -> str:
        secret = f":{self.password}" if self.password else ""
        return f"postgresql://{USER}{secret}@127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @contextmanager
    def running(self, *, stop: str = "fast") -> Iterator[str]:
        """Its URL, without a database name. `stop` is a mode of pg_ctl's."""
        self._prepare()
        self.start()
        try:
            yield self.url
        finally:
            self.stop(stop)

    def start(self) -> None:
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} {self.options}"
        log = self.folder / "log"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", log, "-o", settings, "start")

    def stop(self, mode: str) -> None:
        self._run("pg_ctl", "-D", self.data, "-m", mode, "stop")

    @property
    def process(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, USER, USER)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        elif (self.data / "postmaster.pid").exists():  # ours was killed, and left it behind
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "stop", check=False)

    def _initialise(self) -> None:
        told = ("-D", self.data, "-U", USER, "-E", "UTF8", "--no-sync")
        if not self.password:
            self._run("initdb", *told, "-A", "trust")
            return
        with tempfile.NamedTemporaryFile("w", dir=self.folder) as secret:
            secret.write(self.password)
            secret.flush()
            if os.geteuid() == 0:
                shutil.chown(secret.name, USER, USER)
            self._run("initdb", *told, "-A", "scram-sha-256", f"--pwfile={secret.name}")

    def _run(self, program: str, *arguments: str | Path, check: bool = True) -> None:
        as_postgres = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
        command = [*as_postgres, str(self.programs / program), *map(str, arguments)]
        with tempfile.TemporaryFile("w+") as said:  # a pipe would be kept open by the server
            done = subprocess.run(
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False
            )
            said.seek(0)
            if done.returncode and check:
                raise Remedy(f"{program} failed: {said.read()}")
