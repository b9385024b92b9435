"""Finds uv, or gets it from the package index that pip is configured for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ops.places import ROOT, VAR
from ops.progress import Command, call

OWN = VAR / "uv-venv"
REMEDY = (
    "Install uv by hand so that `uv` is on the PATH, or check that `python3 -m venv` works "
    "(on Debian: `apt-get install python3-venv`) and that pip reaches a package index."
)


def find() -> Path:
    named = (os.environ.get("UV"), shutil.which("uv"), str(OWN / "bin" / "uv"))
    for candidate in filter(None, named):
        if _runs(candidate):
            return Path(candidate)
    return _install()


def _runs(candidate: str) -> bool:
    """A pyenv shim of a version that is not activated stands on the PATH and does not run."""
    try:
        return (
            subprocess.run([candidate, "--version"], check=False, capture_output=True).returncode
            == 0
        )
    except OSError:
        return False


def _install() -> Path:
    python = OWN / "bin" / "python"
    make: Command = [sys.executable, "-m", "venv", "--clear", OWN]
    call("uv is missing: an environment for it in var/", make, remedy=REMEDY)
    call("uv from the package index", [python, "-m", "pip", "install", "-q", "uv"], remedy=REMEDY)
    return OWN / "bin" / "uv"


def environment() -> dict[str, str]:
    """uv does not read pip's configuration: its index and its certificates are handed over."""
    env = dict(os.environ)
    env.pop("VIRTUAL_ENV", None)
    configured = _pip_configuration()
    for ours, pips in (("UV_DEFAULT_INDEX", "index-url"), ("SSL_CERT_FILE", "cert")):
        if pips in configured:
            env.setdefault(ours, configured[pips])
    return env


def _pip_configuration() -> dict[str, str]:
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    pairs = (line.split("=", 1) for line in listed.stdout.splitlines() if "=" in line)
    return {key.rsplit(".", 1)[-1]: value.strip("'\"") for key, value in pairs}
