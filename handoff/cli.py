"""`handoff serve|worker|migrate|first-login`: the service's commands."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from pydantic import ValidationError
from sqlalchemy import make_url

from handoff import migrations
from handoff.app import create_app
from handoff.db import Database
from handoff.panel.operators import ensure_administrator
from handoff.settings import Settings
from handoff.worker import work


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="handoff")
    parser.add_argument("command", choices=sorted(COMMANDS))
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    for noisy in ("httpx", "httpcore", "alembic"):  # httpx logs addresses with tokens in them
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        settings = Settings()  # read from the environment
    except ValidationError as error:
        sys.stderr.write(f"Wrong settings, see .env.example:\n{_sentences(error)}\n")
        return 2
    COMMANDS[chosen.command](settings)
    return 0


def _sentences(error: ValidationError) -> str:
    """Names and reasons, never the values: they may be secrets."""
    return "\n".join(
        f"  SPORTELLO_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()
    )


def serve(settings: Settings) -> None:
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,  # seconds; open event streams end then
    )


def run_worker(settings: Settings) -> None:
    asyncio.run(work(settings))


def migrate(settings: Settings) -> None:
    url = make_url(settings.database_url)
    if url.drivername.startswith("sqlite") and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(settings.database_url)


def first_login(settings: Settings) -> None:
    """Make an administrator if there is none, and print how to log in, once."""
    asyncio.run(_first_login(settings))


async def _first_login(settings: Settings) -> None:
    database = Database(settings.database_url)
    async with database.begin() as session:
        line = await ensure_administrator(session, settings)
    await database.close()
    if line:
        sys.stdout.write(f"{line}\n")


COMMANDS: dict[str, Callable[[Settings], None]] = {
    "serve": serve,
    "worker": run_worker,
    "migrate": migrate,
    "first-login": first_login,
}
