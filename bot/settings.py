"""What the environment tells the bot; a setting that cannot be right stops the start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SHORTEST_TOKEN = 32
DRIVERS = frozenset({"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg2"})
MODELS = Path(__file__).resolve().parent.parent / "models"
ACTIONS_URL = "http://127.0.0.1:5055/webhook"
HIGHEST_PORT = 65535


class BadSetting(ValueError):
    """A sentence that names the setting and what is wrong with it."""


@dataclass(frozen=True)
class Settings:
    token: str
    database_url: str
    actions_url: str
    models: Path
    host: str
    port: int

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        return cls(
            token=_token(environ.get("SPORTELLO_BOT_TOKEN", "")),
            database_url=_database(environ.get("SPORTELLO_BOT_DATABASE_URL", "")),
            actions_url=environ.get("SPORTELLO_ACTIONS_URL") or ACTIONS_URL,
            models=models_folder(environ),
            host=environ.get("SPORTELLO_BOT_HOST") or "127.0.0.1",
            port=_port(environ.get("SPORTELLO_BOT_PORT") or "5005"),
        )


def models_folder(environ: Mapping[str, str] = os.environ) -> Path:
    return Path(environ.get("SPORTELLO_MODELS") or MODELS)


def _token(token: str) -> str:
    if "$" in token:
        raise BadSetting("SPORTELLO_BOT_TOKEN holds a variable that nobody filled in")
    if len(token.strip()) < SHORTEST_TOKEN:
        raise BadSetting(f"SPORTELLO_BOT_TOKEN needs at least {SHORTEST_TOKEN} characters")
    return token.strip()


def _database(text: str) -> str:
    """Only a store that lasts: a misspelt one must never become memory."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise BadSetting("SPORTELLO_BOT_DATABASE_URL is not the address of a database") from error
    if url.drivername not in DRIVERS:
        known = ", ".join(sorted(DRIVERS))
        raise BadSetting(f"SPORTELLO_BOT_DATABASE_URL: «{url.drivername}» is none of {known}")
    if not url.database or ":memory:" in url.database:
        raise BadSetting("SPORTELLO_BOT_DATABASE_URL names no database that lasts")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise BadSetting(f"SPORTELLO_BOT_PORT: «{text}» is not a port")
    return int(text)
