"""People of the tests: a citizen who writes and an operator who answers."""

import pytest
from fastapi import FastAPI

from handoff.channel import Channel, Outbound, Receipt
from handoff.db import Database
from handoff.gateway import Gateway
from handoff.tables import Operator
from tests.handoff.joined import on
from tests.handoff.talk import Citizen


class Letters(Channel):
    """E-mail that is fetched, so that what is said can be read without a mailbox."""

    name, pulled, is_terse, knows_sender = "email", True, True, False

    async def send(self, message: Outbound) -> Receipt:
        raise AssertionError(message)


@pytest.fixture
def gateway(app: FastAPI) -> Gateway:
    found: Gateway = app.state.gateway
    return found


@pytest.fixture
def citizen(gateway: Gateway) -> Citizen:
    return Citizen(gateway)


@pytest.fixture
def mail(app: FastAPI, gateway: Gateway) -> Citizen:
    """One who writes letters."""
    app.state.house.channels["email"] = Letters()
    return on(gateway, "email")


async def new_operator(database: Database, name: str) -> Operator:
    operator = Operator(
        email=f"{name.lower()}@example.it", name=name, password_hash="x", role="operator"
    )
    async with database.begin() as session:
        session.add(operator)
    return operator


@pytest.fixture
async def carla(gateway: Gateway) -> Operator:
    return await new_operator(gateway.database, "Carla")


@pytest.fixture
async def dario(gateway: Gateway) -> Operator:
    return await new_operator(gateway.database, "Dario")
