"""How `sportello backup`, `restore` and `tidy` are called; read when they run."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Any


def add_commands(commands: Any, of: Callable[[str, str], Any]) -> None:
    making = commands.add_parser("backup", help="copy database and model into one file")
    making.add_argument("--to", type=Path, help="folder; var/backups unless given")
    making.add_argument("--keep", type=int, default=0, help="delete all but the newest so many")
    making.add_argument("--verify", action="store_true", help="restore it into scratch, too")
    making.set_defaults(run=of("backup", "run_backup"))
    back = commands.add_parser("restore", help="a backup takes the present database's place")
    back.add_argument("file", type=Path)
    back.add_argument("--yes", action="store_true", help="put the present database aside")
    back.add_argument("--check", action="store_true", help="into scratch only: would it work?")
    back.set_defaults(run=of("backup", "run_restore"))
    tidying = commands.add_parser("tidy", help="delete what may be forgotten, in small steps")
    tidying.add_argument("--dry-run", action="store_true", help="count only")
    tidying.add_argument(
        "--days", type=_days, action="append", default=[], metavar="TABLE=DAYS", help="other days"
    )
    tidying.set_defaults(run=of("tidying", "run"))


def _days(words: str) -> tuple[str, int]:
    table, _, days = words.partition("=")
    if not days.isdecimal():
        raise ArgumentTypeError(f"{words!r} is not like oddity=14")
    return table, int(days)
