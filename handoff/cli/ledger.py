"""`sportello ledger`: what each channel received, what became of it, and what does not balance."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import date
from itertools import groupby

from sqlalchemy.exc import DBAPIError

from handoff import migrations
from handoff.db import Database
from handoff.intake import day_of
from handoff.ledger import Line, as_json, lines_of, told
from handoff.ledger.days import ONE
from handoff.ledger.fates import FATES
from handoff.refusals import Refusal
from handoff.settings import Settings
from handoff.tables import present

HEAD = ("channel", "taken", "received", *FATES, "missing", "written")


class NotRead(Refusal):
    """Not the code of a ledger that does not balance."""

    code = 2


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Exit code 1 when something does not balance."""
    newest = chosen.day or day_of(present())
    days = [newest - ONE * back for back in range(chosen.days)]
    try:
        migrations.require_current(settings.database_url)
        found = asyncio.run(_read(settings, days))
    except (DBAPIError, OSError) as error:
        raise NotRead(f"The ledger could not be read: {type(error).__name__}.") from error
    if chosen.json:
        sys.stdout.write(json.dumps([as_json(line) for line in found], ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_table(found) or "nothing was received\n")
    return 0 if all(line.balances for line in found) else 1


async def _read(settings: Settings, days: Sequence[date]) -> list[Line]:
    database, now = Database(settings.database_url), present()
    found = []
    for day in days:
        async with database.read(apart=True) as session:
            found += await lines_of(session, day, now)
    await database.close()
    return found


def _table(found: Sequence[Line]) -> str:
    return "".join(
        f"{day}\n{_rows(list(lines))}" for day, lines in groupby(found, lambda line: line.day)
    )


def _rows(lines: Sequence[Line]) -> str:
    rows = [HEAD, *map(_cells, lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    written = [f"  {_padded(row, widths)}" for row in rows]
    written += [
        f"  ! {line.channel}: {told(fault)} {' '.join(fault.ids)}".rstrip()
        for line in lines
        for fault in line.faults
    ]
    return "\n".join(written) + "\n"


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join(padded).rstrip()


def _cells(line: Line) -> tuple[str, ...]:
    taken = "-" if line.taken is None else str(line.taken)
    fates = (str(line.fates[name]) for name in FATES)
    return (line.channel, taken, str(line.received), *fates, str(line.missing), str(line.written))
