"""`sportello knowledge import|export|set` and `sportello doctor`: the approved words by hand."""

import argparse
import asyncio
import getpass
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import Database
from handoff.knowledge import exchange
from handoff.knowledge.blocks import BadKnowledge
from handoff.knowledge.doctor import complaints
from handoff.knowledge.editing import set_text
from handoff.settings import Settings
from handoff.training import snapshots

Step = Callable[[AsyncSession, Namespace], Awaitable[int]]
OF_THE_FILES = "importato dai file"


def add_commands(commands: Any) -> None:
    group = commands.add_parser("knowledge", help="the approved words").add_subparsers(
        metavar="action", required=True
    )
    _add_exchange(group)
    setting = group.add_parser("set", help="change what is said; citizens read it at once")
    setting.add_argument("place", help="topic, or topic.variant")
    setting.add_argument("text", help="the new words; - reads them from standard input")
    setting.add_argument("--why", required=True, help="what later readers will want to know")
    setting.set_defaults(run=_on_the_database(_set))
    snapshot = commands.add_parser("snapshot", help="write what the bot would be trained from")
    snapshot.add_argument("folder", type=Path, help="what stands there is replaced")
    snapshot.set_defaults(run=_snapshot)
    doctor = commands.add_parser("doctor", help="what has to be seen to before going live")
    doctor.set_defaults(run=_doctor)


def _add_exchange(group: Any) -> None:
    coming = group.add_parser("import", help="take over what changed in a folder's files")
    coming.add_argument("folder", type=Path)
    coming.add_argument("--why", default=OF_THE_FILES)
    coming.set_defaults(run=_on_the_database(_import))
    going = group.add_parser("export", help="write the live words as files")
    going.add_argument("folder", type=Path)
    going.add_argument("--over", action="store_true", help="also over files that are there")
    going.set_defaults(run=_on_the_database(_export, reads=True))


async def take_over(settings: Settings) -> None:
    """Before the first start, and after an update of the files; what people edited stays."""
    async with _transaction(settings) as session:
        imported = await exchange.import_folder(
            session, settings.data, author="sportello", reason=OF_THE_FILES
        )
    for key in imported.conflicts:
        sys.stderr.write(f"{key}: edited here and changed in the files: the edited one stays\n")


def _on_the_database(step: Step, *, reads: bool = False) -> Callable[[Settings, Namespace], int]:
    async def run(settings: Settings, chosen: Namespace) -> int:
        async with _transaction(settings, reads=reads) as session:
            return await step(session, chosen)

    def command(settings: Settings, chosen: Namespace) -> int:
        try:
            return asyncio.run(run(settings, chosen))
        except BadKnowledge as error:
            sys.stderr.write(f"{error}\nNothing was changed.\n")
        except IntegrityError:
            sys.stderr.write("Somebody else changed the same words just now: look, and repeat.\n")
        return 2

    return command


@asynccontextmanager
async def _transaction(settings: Settings, *, reads: bool = False) -> AsyncIterator[AsyncSession]:
    """For reading it takes no lock: a service at work goes on writing."""
    database = Database(settings.database_url)
    try:
        async with database.read() if reads else database.begin() as session:
            yield session
    finally:
        await database.close()


async def _import(session: AsyncSession, chosen: Namespace) -> int:
    imported = await exchange.import_folder(
        session, chosen.folder, author=_who(), reason=chosen.why
    )
    sys.stdout.write(
        f"{len(imported.added)} added, {len(imported.changed)} changed, {imported.same} the same, "
        f"{len(imported.kept)} newer in the database\n"
    )
    for key in imported.conflicts:
        sys.stderr.write(f"{key}: changed here and in the folder; nothing was overwritten\n")
    return 1 if imported.conflicts else 0


async def _export(session: AsyncSession, chosen: Namespace) -> int:
    if not chosen.over and (chosen.folder / "knowledge").exists():
        sys.stderr.write(f"{chosen.folder} holds knowledge already: --over writes over it\n")
        return 2
    count = await exchange.export_folder(session, chosen.folder)
    sys.stdout.write(f"{count} entries below {chosen.folder}\n")
    return 0


async def _set(session: AsyncSession, chosen: Namespace) -> int:
    text = sys.stdin.read() if chosen.text == "-" else chosen.text
    revision = await set_text(session, chosen.place, text, author=_who(), reason=chosen.why)
    sys.stdout.write(f"{chosen.place}: revision {revision.number}, live within a second\n")
    return 0


def _snapshot(settings: Settings, chosen: Namespace) -> int:
    added = asyncio.run(_write_snapshot(settings, chosen.folder))
    sys.stdout.write(f"{added} phrases of trainers below {chosen.folder}\n")
    return 0


async def _write_snapshot(settings: Settings, folder: Path) -> int:
    async with _transaction(settings, reads=True) as session:
        return await snapshots.write(session, settings.data, folder)


def _doctor(settings: Settings, _: argparse.Namespace) -> int:
    found = asyncio.run(_complaints(settings))
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.stdout.write(f"{len(found)} things to see to before going live\n")
    return 1 if found else 0


async def _complaints(settings: Settings) -> list[str]:
    async with _transaction(settings, reads=True) as session:
        return await complaints(session, settings.data)


def _who() -> str:
    try:
        return f"{getpass.getuser()} (riga di comando)"
    except (KeyError, OSError):  # a container's user may have no name
        return "riga di comando"
