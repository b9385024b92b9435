"""The panel hears at once that something changed, as long as its operator may."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from handoff import conversations
from handoff.notify import ring
from handoff.panel import sessions
from handoff.panel.events import Hints
from handoff.tables import Operator, Outbox
from tests.handoff.desk import Desk, hire
from tests.handoff.talk import Citizen

AT_ONCE = 2.0  # seconds; a slow poll would need three


@pytest.fixture
async def carla(app: FastAPI) -> Desk:
    return await Desk(app).enters(await hire(app.state.database, "carla"))


@pytest.fixture
async def stream(app: FastAPI, carla: Desk) -> AsyncIterator[AsyncIterator[str]]:
    token_hash = sessions.hashed(carla.client.cookies["sportello"])
    events = Hints(app.state.database, token_hash).events()
    assert (await anext(events)).startswith(":")
    yield events
    await events.aclose()


async def hint(stream: AsyncIterator[str]) -> dict[str, Any]:
    event = await asyncio.wait_for(anext(stream), AT_ONCE)
    head, _, data = event.partition("data: ")
    assert head == "event: ticket\n"
    found: dict[str, Any] = json.loads(data)
    return found


async def test_a_new_ticket_is_hinted_at_once(
    stream: AsyncIterator[str], citizen: Citizen
) -> None:
    waiting = asyncio.create_task(hint(stream))
    await citizen.hears("voglio parlare con una persona")
    conversation = await citizen.conversation()
    assert await waiting == {"id": conversation.ticket_id, "version": 1, "state": "open"}


async def test_what_a_citizen_adds_is_hinted_without_its_words(
    stream: AsyncIterator[str], citizen: Citizen
) -> None:
    await citizen.hears("voglio parlare con una persona")
    first = await hint(stream)
    waiting = asyncio.create_task(anext(stream))
    await citizen.says("è una cosa segreta")
    event = await asyncio.wait_for(waiting, AT_ONCE)
    assert first["id"] in event
    assert "segreta" not in event


async def test_a_change_by_a_colleague_is_hinted(
    stream: AsyncIterator[str], app: FastAPI, citizen: Citizen
) -> None:
    await citizen.hears("voglio parlare con una persona")
    opened = await hint(stream)
    dario = await Desk(app).enters(await hire(app.state.database, "dario"))
    waiting = asyncio.create_task(hint(stream))
    await dario.acts(opened, "take")
    taken = await waiting
    assert (taken["id"], taken["state"]) == (opened["id"], "taken")
    assert taken["version"] > opened["version"]


async def test_the_stream_ends_when_its_operator_is_retired(
    stream: AsyncIterator[str], app: FastAPI, citizen: Citizen
) -> None:
    async with app.state.database.begin() as session:
        await session.execute(update(Operator).values(active=False))
    waiting = asyncio.create_task(anext(stream))
    await citizen.hears("voglio parlare con una persona")
    assert (await asyncio.wait_for(waiting, 2 * AT_ONCE)).startswith("event: logout\n")
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


@pytest.mark.parametrize("state", ["sent", "delivered", "read", "failed", "unknown"])
async def test_what_became_of_a_message_is_hinted(
    stream: AsyncIterator[str], app: FastAPI, citizen: Citizen, state: str
) -> None:
    """Else an operator would go on reading "in coda" beside what the citizen has read."""
    await citizen.hears("voglio parlare con una persona")
    opened = await hint(stream)
    conversation = await citizen.conversation()
    async with app.state.database.begin() as session:
        said = await conversations.say(
            session,
            await conversations.lock(session, conversation.id),
            author="operator",
            text="Eccomi.",
        )
        session.add(
            Outbox(conversation_id=conversation.id, message_id=said.id, channel="telegram")
        )
    await hint(stream)
    waiting = asyncio.create_task(hint(stream))
    async with app.state.database.begin() as session:
        await session.execute(
            update(Outbox).where(Outbox.message_id == said.id).values(state=state)
        )
        ring(session, "tickets")
    assert (await waiting)["id"] == opened["id"]


async def test_when_the_service_ends_the_page_is_told_when_to_come_back(
    app: FastAPI, stream: AsyncIterator[str]
) -> None:
    waiting = asyncio.create_task(anext(stream))
    await asyncio.sleep(0)
    app.state.database.bell.close()
    assert (await asyncio.wait_for(waiting, AT_ONCE)).startswith("retry: ")
    assert [event async for event in stream] == []
