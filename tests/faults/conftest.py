"""People of the tests, and a service whose workers do not run by themselves."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from handoff.app import create_app
from handoff.settings import Settings
from tests.handoff.conftest import carla, citizen, dario, gateway

__all__ = ["carla", "citizen", "dario", "gateway"]


@pytest.fixture
async def idle(settings: Settings) -> AsyncIterator[FastAPI]:
    """The service without its workers: what came in stays as it came."""
    app = create_app(settings.model_copy(update={"workers": 0}))
    async with app.router.lifespan_context(app):
        yield app
