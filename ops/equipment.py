"""What tests and the scaled mode need of the machine: a Chromium and PostgreSQL's programs."""

import functools
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from ops.progress import Remedy, call

Finder = Callable[[Mapping[str, str]], Path | None]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_CHROMIUM = "Install Chromium, or name one: `CHROMIUM=/path/to/chromium make test`."
NO_POSTGRES = (
    "Install PostgreSQL's server (`initdb`, `postgres`), or name a server: for the tests by "
    "`SPORTELLO_TEST_POSTGRES_URL=postgresql://user:password@host make test`, to run on by "
    "`SPORTELLO_DATABASE_URL`, see .env.example."
)


def chromium() -> Path:
    return find_chromium(os.environ) or _install("chromium", find_chromium, remedy=NO_CHROMIUM)


def postgres() -> Path | None:
    """The folder with `initdb`; nothing when the tests were given a server."""
    if os.environ.get("SPORTELLO_TEST_POSTGRES_URL"):
        return None
    return postgres_programs()


def postgres_programs() -> Path:
    return find_postgres(os.environ) or _install("postgresql", find_postgres, remedy=NO_POSTGRES)


def find_chromium(environ: Mapping[str, str], *, root: Path = Path("/")) -> Path | None:
    if named := environ.get("CHROMIUM"):
        if shutil.which(named):
            return Path(named)
        raise Remedy(f"CHROMIUM is {named}, which is not a program. {NO_CHROMIUM}")
    usual = root / "usr/bin/chromium"
    found = [str(usual), *BROWSERS]
    hits = (shutil.which(name, path=environ.get("PATH")) for name in found)
    return next((Path(hit) for hit in hits if hit), None)


def find_postgres(environ: Mapping[str, str], *, root: Path = Path("/")) -> Path | None:
    folders = sorted((root / "usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if asked := shutil.which("pg_config", path=environ.get("PATH")):
        said = subprocess.run([asked, "--bindir"], check=False, capture_output=True, text=True)
        folders.insert(0, Path(said.stdout.strip()))
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdecimal() else 0


def _install(package: str, find: Finder, *, remedy: str) -> Path:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Remedy(f"This needs {package}, which is not on this machine. {remedy}")
    _refresh_lists()
    env = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    call(f"{package} from the system's packages", command, remedy=remedy, env=env)
    if found := find(os.environ):
        return found
    raise Remedy(f"The package {package} was installed, but its programs are not there. {remedy}")


@functools.cache
def _refresh_lists() -> None:
    remedy = "Check that the system's package mirror is reachable."
    call("The system's package lists", ["apt-get", "update", "-qq"], remedy=remedy)
