"""The course on every channel with the trained bot: a service that leads to fake providers."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import serving
from tests.e2e.stack import EMAIL, PASSWORD, Stack
from tests.journey import sides
from tests.journey.__main__ import play_all
from tests.journey.stage import Stage
from tests.postgres import free_port

pytestmark = pytest.mark.e2e


@pytest.fixture
def fakes() -> Iterator[dict[str, Any]]:
    with sides.providers() as fakes:
        yield fakes


@pytest.fixture
def stage(stack: Stack, fakes: dict[str, Any], tmp_path: Path) -> Iterator[Stage]:
    """Beside the stack's own service, with its bot."""
    database_url, port = f"sqlite+aiosqlite:///{tmp_path / 'channels.db'}", free_port()
    service = serving.handoff(
        port=port,
        database_url=database_url,
        bot_url=stack.bot_url,
        SPORTELLO_ADMIN_EMAIL=EMAIL,
        SPORTELLO_ADMIN_PASSWORD=PASSWORD,
        **sides.environment(fakes),
    )
    for command in ("migrate", "first-login"):
        service.once(sys.executable, "-m", "handoff", command)
    with serving.running(service):
        yield Stage(f"http://127.0.0.1:{port}", database_url, EMAIL, PASSWORD)


def test_the_trained_bot_and_an_operator_serve_a_citizen_on_every_channel(
    stage: Stage, fakes: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    failed = asyncio.run(play_all(stage, fakes))
    told = capsys.readouterr().out
    assert failed == [], told
    assert all(f"\n{name} " in told for name in (*sides.NAMES, *sides.BY_HAND))
