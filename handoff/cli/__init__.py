"""`sportello serve|worker|migrate|first-login|add-operator|knowledge|doctor`: the commands."""

import argparse
import asyncio
import logging
import secrets
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from pydantic import ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import IntegrityError

from handoff import migrations
from handoff.app import create_app
from handoff.cli import knowledge
from handoff.db import Database
from handoff.panel import operators
from handoff.panel.operators import ROLES, ensure_administrator
from handoff.settings import Settings
from handoff.worker import work


def main(arguments: Sequence[str]) -> int:
    chosen = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    for noisy in ("httpx", "httpcore", "alembic"):  # httpx logs addresses with tokens in them
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        settings = Settings()  # read from the environment
    except ValidationError as error:
        sys.stderr.write(f"Wrong settings, see .env.example:\n{_sentences(error)}\n")
        return 2
    return chosen.run(settings, chosen) or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sportello")
    commands = parser.add_subparsers(metavar="command", required=True)
    for name, run in COMMANDS.items():
        commands.add_parser(name, help=run.__doc__).set_defaults(run=run)
    newcomer = commands.add_parser("add-operator", help=add_operator.__doc__)
    newcomer.set_defaults(run=add_operator)
    newcomer.add_argument("--email", required=True)
    newcomer.add_argument("--name", required=True, help="what citizens read beside the replies")
    newcomer.add_argument("--role", choices=ROLES, default="operator")
    knowledge.add_commands(commands)
    return parser


def _sentences(error: ValidationError) -> str:
    """Names and reasons, never the values: they may be secrets."""
    return "\n".join(
        f"  SPORTELLO_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()
    )


def serve(settings: Settings, _: Namespace) -> None:
    """Listen to citizens and operators."""
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,  # seconds; open event streams end then
    )


def run_worker(settings: Settings, _: Namespace) -> None:
    """Answer and deliver, in a process apart."""
    asyncio.run(work(settings))


def migrate(settings: Settings, _: Namespace) -> None:
    """Bring the database's schema, and the knowledge in it, to what the files say."""
    url = make_url(settings.database_url)
    if url.drivername.startswith("sqlite") and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(settings.database_url)
    asyncio.run(knowledge.take_over(settings))


def first_login(settings: Settings, _: Namespace) -> None:
    """Make an administrator if there is none, and print how to log in, once."""
    asyncio.run(_first_login(settings))


async def _first_login(settings: Settings) -> None:
    database = Database(settings.database_url)
    async with database.begin() as session:
        line = await ensure_administrator(session, settings)
    await database.close()
    if line:
        sys.stdout.write(f"{line}\n")


def add_operator(settings: Settings, chosen: Namespace) -> None:
    """Let somebody else work at the panel, and print a password to be handed over."""
    sys.stdout.write(f"{asyncio.run(_add_operator(settings, chosen))}\n")


async def _add_operator(settings: Settings, chosen: Namespace) -> str:
    database = Database(settings.database_url)
    password = secrets.token_urlsafe(12)
    try:
        async with database.begin() as session:
            await operators.add_operator(
                session,
                email=chosen.email,
                name=chosen.name,
                password=password,
                role=chosen.role,
            )
    except IntegrityError:
        raise SystemExit(f"{chosen.email} is at work here already.") from None
    finally:
        await database.close()
    return f"login: {chosen.email} {password}"


COMMANDS: dict[str, Callable[[Settings, Namespace], int | None]] = {
    "serve": serve,
    "worker": run_worker,
    "migrate": migrate,
    "first-login": first_login,
}
