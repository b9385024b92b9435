"""The same course on every channel, through the providers' own protocols."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from handoff.settings import Settings
from tests.handoff.desk import Desk, hire
from tests.journey import sides
from tests.journey.base import Side
from tests.journey.course import play


@pytest.fixture
def fakes() -> Iterator[dict[str, Any]]:
    with sides.providers() as fakes:
        yield fakes


@pytest.fixture
def settings(
    settings: Settings, fakes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Settings:
    for name, value in sides.environment(fakes).items():
        monkeypatch.setenv(name, value)
    return settings.model_copy(update={"channels": sides.NAMES})


@pytest.fixture
def citizens(app: FastAPI, client: httpx.AsyncClient, fakes: dict[str, Any]) -> dict[str, Side]:
    return {side.name: side for side in sides.sides(client, fakes)}


@pytest.mark.parametrize("name", sides.NAMES)
async def test_a_citizen_is_answered_reaches_a_person_and_is_seen_off(
    app: FastAPI, citizens: dict[str, Side], name: str
) -> None:
    rita = await hire(app.state.database, "rita")
    desk = await Desk(app).enters(rita)
    answer = app.state.knowledge.wording("parcheggio").text
    course = await play(citizens[name], desk, answer)
    assert course.closed
    assert course.delivery in (None, "sent", "delivered", "read")
    assert (course.answered_ms is not None) == citizens[name].answers_alone
