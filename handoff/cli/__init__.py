"""`sportello serve|worker|migrate|first-login|add-operator|knowledge|doctor|channels|backup|…`."""

import argparse
import asyncio
import logging
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import make_url

import journal
from handoff import migrations
from handoff.cli import knowledge, upkeep
from handoff.refusals import Refusal
from handoff.settings import Settings
from handoff.tables.operators import ROLES

# whose words are written; httpx would tell addresses with tokens in them
SPEAKING = frozenset({"handoff", "uvicorn", "alembic"})
Command = Callable[[Settings, Namespace], int | None]


def main(arguments: Sequence[str]) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        settings = Settings()  # read from the environment
    except ValidationError as error:
        sys.stderr.write(f"Wrong settings, see .env.example:\n{_sentences(error)}\n")
        return 2
    journal.prepare(settings.log_format, level=logging.INFO, ours=SPEAKING)
    for noisy in ("httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        return chosen.run(settings, chosen) or 0
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return refusal.code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sportello")
    commands = parser.add_subparsers(metavar="command", required=True)
    for name, (told, run) in COMMANDS.items():
        commands.add_parser(name, help=told).set_defaults(run=run)
    newcomer = commands.add_parser(
        "add-operator",
        help="let somebody else work at the panel, and print a password to be handed over",
    )
    newcomer.set_defaults(run=_of("people", "add_operator"))
    newcomer.add_argument("--email", required=True)
    newcomer.add_argument("--name", required=True, help="what citizens read beside the replies")
    newcomer.add_argument("--role", choices=ROLES, default="operator")
    trial = commands.add_parser(
        "channels", help="whether each channel can start, and what its provider says"
    )
    trial.set_defaults(run=_of("channels", "run"))
    trial.add_argument("--offline", action="store_true", help="look at the settings only")
    knowledge.add_commands(commands)
    upkeep.add_commands(commands, _of)
    return parser


def _of(module: str, name: str) -> Command:
    """Read when it is called: the whole service takes a second that other commands save."""

    def run(settings: Settings, chosen: Namespace) -> int | None:
        command: Command = getattr(import_module(f"handoff.cli.{module}"), name)
        return command(settings, chosen)

    return run


def _sentences(error: ValidationError) -> str:
    """Names and reasons, never the values: they may be secrets."""
    return "\n".join(
        f"  SPORTELLO_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()
    )


def migrate(settings: Settings, _: Namespace) -> None:
    """Bring the database's schema, and the knowledge in it, to what the files say."""
    url = make_url(settings.database_url)
    if url.drivername.startswith("sqlite") and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(settings.database_url)
    asyncio.run(knowledge.take_over(settings))


COMMANDS: dict[str, tuple[str, Command]] = {
    "serve": ("listen to citizens and operators", _of("serving", "serve")),
    "worker": ("answer and deliver, in a process apart", _of("serving", "run_worker")),
    "migrate": ("bring schema and knowledge to what the files say", migrate),
    "first-login": (
        "make an administrator if there is none, and print how to log in, once",
        _of("people", "first_login"),
    ),
}
