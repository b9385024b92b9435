"""The real service with a bot that knows a few words; pages that must stay without complaint."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Page

from handoff import migrations
from tests import serving
from tests.e2e.chat.citizen import ChatPage, Office
from tests.fake_bot import FakeBot
from tests.postgres import free_port


@pytest.fixture(scope="session")
def host_port() -> int:
    """Where a site that may carry the widget is served."""
    return free_port()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory, host_port: int) -> Iterator[Office]:
    database = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('chat') / 'chat.db'}"
    migrations.upgrade(database)
    port = free_port()
    with FakeBot() as bot:
        service = serving.handoff(
            port=port,
            database_url=database,
            bot_url=bot.url,
            SPORTELLO_LIMITS="off",
            SPORTELLO_FRAME_ANCESTORS=f"http://127.0.0.1:{host_port}",
        )
        with serving.running(service):
            yield Office(f"http://127.0.0.1:{port}", service, bot)


@pytest.fixture
def quiet_page(new_page: Callable[..., Page]) -> Iterator[Callable[..., Page]]:
    """A page whose console must stay empty: no error, no breach of the content policy."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    def open_page(**options: object) -> Page:
        page = new_page(**options)
        page.on("console", hear)
        return page

    yield open_page
    assert said == []


@pytest.fixture
def citizen(office: Office, quiet_page: Callable[..., Page]) -> ChatPage:
    return ChatPage(quiet_page(viewport={"width": 390, "height": 844}), office).opens()
