"""A tiny trained bot behind the real door, a real database, an action server on loopback."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import logs
from bot.server import QUIET
from tests import postgres
from tests.bot.actions import ActionServer
from tests.bot.doors import Door, Served, new_database
from tests.bot.tiny.training import train_tiny

os.environ.update(QUIET)
logs.prepare()


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_tiny(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture
def actions() -> Iterator[ActionServer]:
    with ActionServer() as server:
        yield server


@pytest.fixture
def database(tmp_path: Path) -> str:
    return new_database(f"sqlite:///{tmp_path}/sportello.db")


@pytest.fixture
def served(model: Path, database: str, actions: ActionServer) -> Iterator[Served]:
    with Served(model, database, actions.url) as running:
        yield running


@pytest.fixture
def door(served: Served) -> Door:
    return served.door
