"""The real service with a bot that knows a few words, two operators, and quiet pages."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from handoff import migrations
from handoff.db import Database
from handoff.knowledge.exchange import import_folder
from handoff.panel.operators import add_operator
from handoff.settings import ROOT
from tests import serving
from tests.e2e.panel.people import PASSWORD, PATIENCE, Citizen, DeskPage, Office
from tests.e2e.panel.versions import lay_out
from tests.fake_bot import FakeBot
from tests.postgres import free_port

OPERATORS = {
    "carla": ("Carla Deidda", "operator"),
    "dario": ("Dario Melis", "operator"),
    "mara": ("Mara Piras", "manager"),
    "teresa": ("Teresa Puddu", "trainer"),
    "ugo": ("Ugo Sanna", "administrator"),
}


async def furnish(url: str, folder: Path) -> None:
    """People, the approved words, and versions of the model."""
    database = Database(url)
    async with database.begin() as session:
        for name, (whole, role) in OPERATORS.items():
            await add_operator(
                session, email=f"{name}@example.it", name=whole, password=PASSWORD, role=role
            )
        await import_folder(session, ROOT / "data", author="sportello", reason="dai file")
    await lay_out(database, folder)
    await database.close()


def prepare(url: str, folder: Path) -> None:
    migrations.upgrade(url)
    asyncio.run(furnish(url, folder))


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("panel")
    database = f"sqlite+aiosqlite:///{folder / 'panel.db'}"
    with ThreadPoolExecutor() as thread:  # a browser's event loop may run in this one
        thread.submit(prepare, database, folder).result()
    port = free_port()
    with FakeBot() as bot:
        service = serving.handoff(
            port=port,
            database_url=database,
            bot_url=bot.url,
            SPORTELLO_LIMITS="off",
            SPORTELLO_MODELS=str(folder / "models"),
            SPORTELLO_VAR=str(folder / "var"),
        )
        with serving.running(service):
            yield Office(f"http://127.0.0.1:{port}", service, database)


@pytest.fixture
def quiet_page(new_page: Callable[..., Page]) -> Iterator[Callable[..., Page]]:
    """A page whose console must stay empty: no error, no breach of the content policy."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(f"{message.text} {message.location['url']}")

    def open_page(**options: object) -> Page:
        page = new_page(**options)
        page.on("console", hear)
        return page

    yield open_page
    assert said == []


@pytest.fixture
def carla(office: Office, quiet_page: Callable[..., Page]) -> DeskPage:
    return DeskPage(quiet_page(viewport={"width": 1440, "height": 900}), office).enters("carla")


@pytest.fixture
def dario(office: Office, new_page: Callable[..., Page]) -> DeskPage:
    """His browser may complain: he loses races on purpose."""
    return DeskPage(new_page(viewport={"width": 1440, "height": 900}), office).enters("dario")


@pytest.fixture
def citizen(office: Office) -> Citizen:
    return Citizen(office)


expect.set_options(timeout=PATIENCE)
NUMBERS = count(1)


@pytest.fixture
def words() -> str:
    """What a citizen of this test says, like nobody else."""
    return f"vorrei una persona per il caso {next(NUMBERS)}."
