"""The settings of `make run`: the caller's, then `.env`, then what is generated or chosen here."""

import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from ops import ports
from ops.places import ROOT, VAR
from ops.progress import Remedy, quiet_environment

SECRETS = ("SPORTELLO_BOT_TOKEN", "SPORTELLO_INTERNAL_TOKEN")
LINE = re.compile(r"(?:export\s+)?([A-Z][A-Z0-9_]*)=(.*)")
SYNCHRONOUS = {"sqlite+aiosqlite": "sqlite", "postgresql+asyncpg": "postgresql+psycopg2"}


def environment() -> dict[str, str]:
    """What the caller set wins over .env, .env over the rest; an empty setting is no setting."""
    given = read(ROOT / ".env") | quiet_environment()
    known = {k: v for k, v in given.items() if v or not k.startswith("SPORTELLO_")}
    if not all(name in known for name in SECRETS):
        known = generate(VAR / "secrets.env") | known
    return _databases(known)


def _databases(known: dict[str, str]) -> dict[str, str]:
    """Rasa's older SQLAlchemy has no asyncio: the same database by another driver."""
    VAR.mkdir(exist_ok=True)
    default = f"sqlite+aiosqlite:///{VAR / 'sportello.db'}"
    driver, separator, place = known.get("SPORTELLO_DATABASE_URL", default).partition(":")
    return {
        "SPORTELLO_DATABASE_URL": driver + separator + place,
        "SPORTELLO_BOT_DATABASE_URL": SYNCHRONOUS.get(driver, driver) + separator + place,
    } | known


def with_addresses(known: dict[str, str], *, port: int) -> dict[str, str]:
    """The three programs find each other on loopback, on ports that nothing else uses."""
    bot, actions = ports.choose(2)
    chosen = {"SPORTELLO_BOT_PORT": str(bot), "SPORTELLO_ACTIONS_PORT": str(actions)} | known
    return {
        "SPORTELLO_BOT_URL": f"http://127.0.0.1:{chosen['SPORTELLO_BOT_PORT']}",
        "SPORTELLO_ACTIONS_URL": f"http://127.0.0.1:{chosen['SPORTELLO_ACTIONS_PORT']}/webhook",
        "SPORTELLO_HANDOFF_URL": f"http://127.0.0.1:{port}",
        "SPORTELLO_PUBLIC_URL": f"http://localhost:{port}",
        **chosen,
        "SPORTELLO_PORT": str(port),
    }


def generate(file: Path, *, names: Sequence[str] = SECRETS) -> dict[str, str]:
    """Made once and kept, so that what was started before a restart still gets in."""
    known = read(file)
    missing = {name: secrets.token_urlsafe(32) for name in names if name not in known}
    if missing:
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{name}={value}\n" for name, value in missing.items())
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as out:
            out.write(lines)
    return known | missing


def read(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    kept = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return dict(_pair(line, file=file) for line in kept)


def _pair(line: str, *, file: Path) -> tuple[str, str]:
    match = LINE.fullmatch(line)
    if not match:
        raise Remedy(f"{file} has a line that is not NAME=value: correct it, see .env.example.")
    name, value = match.groups()
    return name, value.strip().strip("'\"")
