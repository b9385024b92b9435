"""`sportello first-login` and `sportello add-operator`."""

import asyncio
import secrets
import sys
from argparse import Namespace

from sqlalchemy.exc import IntegrityError

from handoff.db import Database
from handoff.panel import operators
from handoff.panel.operators import ensure_administrator
from handoff.settings import Settings


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
