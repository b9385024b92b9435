"""`sportello tidy`."""

import asyncio
import sys
from argparse import Namespace

from handoff import migrations, tidying
from handoff.db import Database
from handoff.refusals import Refusal
from handoff.settings import Settings


class NoSuchRule(Refusal):
    code = 2


def run(settings: Settings, chosen: Namespace) -> None:
    """Deletes, or with --dry-run only counts, what may be forgotten by now."""
    days = dict(chosen.days)
    if unknown := days.keys() - tidying.RULES.keys():
        known = ", ".join(tidying.RULES)
        raise NoSuchRule(f"No rule for {', '.join(sorted(unknown))}: there are {known}.")
    migrations.require_current(settings.database_url)
    gone = asyncio.run(_tidy(settings, days, only_count=chosen.dry_run))
    for name, count in gone.items():
        kept = days.get(name, tidying.RULES[name].days)
        sys.stdout.write(f"{name}: {count} older than {kept} days\n")


async def _tidy(settings: Settings, days: dict[str, int], *, only_count: bool) -> dict[str, int]:
    database = Database(settings.database_url)
    try:
        return await tidying.tidy(database, days, only_count=only_count)
    finally:
        await database.close()
