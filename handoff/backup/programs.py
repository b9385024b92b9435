"""PostgreSQL's own programs: which one fits a server, and how it is called."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import URL

from handoff.refusals import Refusal, Unequipped

FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")  # Debian's; Red Hat's


def program(name: str, *, server: int) -> Path:
    """The one of the server's major version, else the next newer. Raises Unequipped."""
    found = {path: version for path in _candidates(name) if (version := _version(path))}
    return choose(name, found, server=server)


def choose(name: str, found: Mapping[Path, int], *, server: int) -> Path:
    able = {path: version for path, version in found.items() if version >= server}
    if able:
        return min(able, key=able.__getitem__)
    newest = max(found.values(), default=None)
    there = f"is of version {newest}" if newest else "is missing"
    raise Unequipped(
        f"{name} {there} and the server is PostgreSQL {server}: install its client programs "
        f"(Debian: `apt-get install postgresql-client-{server}`)."
    )


def run(command: Iterable[str | Path], url: URL) -> None:
    """The password goes by the environment: arguments can be read by everybody on the machine."""
    done = subprocess.run(
        [str(word) for word in command],
        check=False,
        env=os.environ | environment(url),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        name = Path(str(next(iter(command)))).name
        first = next(iter(done.stderr.splitlines()), "")  # further ones may quote a row
        raise Refusal(f"{name} failed: {first[:300]}")


def environment(url: URL) -> dict[str, str]:
    told = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port or url.query.get("port"),
        "PGUSER": url.username or url.query.get("user"),
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode") or url.query.get("ssl"),
    }
    return {name: str(value) for name, value in told.items() if value}


def _candidates(name: str) -> Iterable[Path]:
    if on_path := shutil.which(name):
        yield Path(on_path)
    for pattern in FOLDERS:
        yield from Path("/").glob(f"{pattern[1:]}/{name}")


def _version(path: Path) -> int | None:
    said = subprocess.run([path, "--version"], check=False, capture_output=True, text=True)
    found = re.search(r"\) (\d+)", said.stdout)
    return int(found[1]) if found else None
