"""The whole thing on free ports of this machine: bot, actions, service, a migrated database."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import serving
from tests.postgres import free_port

EMAIL, PASSWORD = "urp@example.it", "una-parola-lunga-per-le-prove"


@dataclass(frozen=True, slots=True)
class Stack:
    base_url: str
    bot_url: str
    bot: serving.Serving
    actions: serving.Serving
    handoff: serving.Serving
    email: str = EMAIL
    password: str = PASSWORD


@contextmanager
def stack(folder: Path) -> Iterator[Stack]:
    """A running stack whose state lies in `folder`."""
    database = f"sqlite+aiosqlite:///{folder / 'sportello.db'}"
    bot_port, actions_port, port = free_port(), free_port(), free_port()
    bot_url, actions_url, url = (
        f"http://127.0.0.1:{number}" for number in (bot_port, actions_port, port)
    )
    bot = serving.bot(port=bot_port, actions_url=actions_url, database_url=database)
    actions = serving.actions(port=actions_port, handoff_url=url)
    handoff = serving.handoff(
        port=port,
        database_url=database,
        bot_url=bot_url,
        SPORTELLO_ACTIONS_URL=f"{actions_url}/webhook",
        SPORTELLO_ADMIN_EMAIL=EMAIL,
        SPORTELLO_ADMIN_PASSWORD=PASSWORD,
        SPORTELLO_LIMITS="off",
    )
    for command in ("migrate", "first-login"):
        handoff.once(sys.executable, "-m", "handoff", command)
    with serving.running(bot, actions, handoff):
        yield Stack(url, bot_url, bot, actions, handoff)
