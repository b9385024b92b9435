"""The course of a citizen's request: question, answer, person, reply, closing."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.handoff.desk import Desk
from tests.journey.base import Side

QUESTION = "Buongiorno, dove posso parcheggiare?"
WISH = "Vorrei parlare con una persona"
REPLY = "Buongiorno, sono Rita dell'URP: il parcheggio dei visitatori è davanti al blocco Q."
PATIENCE = 30.0  # seconds
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Course:
    """What a channel did."""

    channel: str
    answered_ms: float | None  # None where no machine answers
    ticket: str
    delivery: str | None  # of the operator's reply; None where it is fetched
    said: int  # messages that the citizen got
    closed: bool


async def play(side: Side, desk: Desk, answer: str) -> Course:
    """Raises TimeoutError where a step does not come about."""
    began = time.monotonic()
    await side.write(QUESTION)
    answered = None
    if side.answers_alone:
        await until(desk, lambda: _reads(side, answer))
        answered = (time.monotonic() - began) * 1000
        await side.write(WISH)
    ticket = await until(desk, lambda: _waiting(desk, side.name))
    taken = await _does(desk, ticket, "take")
    replied = await _does(desk, taken, "reply", text=REPLY)
    await until(desk, lambda: _reads(side, REPLY))
    delivery = await until(desk, lambda: _delivery(desk, replied))
    closed = await _does(desk, await _now(desk, replied), "close")
    return Course(
        channel=side.name,
        answered_ms=answered,
        ticket=ticket["name"],
        delivery=delivery[0],
        said=len(await side.read()),
        closed=closed["state"] == "closed",
    )


async def until(desk: Desk, look: Callable[[], Awaitable[Found | None]]) -> Found:
    bell = desk.app.state.database.bell
    async with asyncio.timeout(PATIENCE), bell.listen("outbox") as heard:
        while (found := await look()) is None:
            await heard.wait(0.1)
    return found


async def _reads(side: Side, text: str) -> bool | None:
    """Line breaks and numbered choices are the channel's own."""
    wanted = "".join(text.split())
    read = "".join("".join(await side.read()).split())
    return True if wanted in read else None


async def _waiting(desk: Desk, channel: str) -> dict[str, Any] | None:
    found = (await desk.looks("tickets?state=open")).json()["tickets"]
    return next((ticket for ticket in found if ticket["channel"] == channel), None)


async def _delivery(desk: Desk, ticket: dict[str, Any]) -> tuple[str | None] | None:
    """Of the reply, once it is no longer on its way."""
    messages = (await _now(desk, ticket))["messages"]
    reply = next(message for message in messages if message["text"] == REPLY)
    return None if reply["delivery"] in ("ready", "run") else (reply["delivery"],)


async def _now(desk: Desk, ticket: dict[str, Any]) -> dict[str, Any]:
    return dict((await desk.looks(f"tickets/{ticket['id']}")).json())


async def _does(desk: Desk, ticket: dict[str, Any], act: str, **body: Any) -> dict[str, Any]:
    response = await desk.acts(await _now(desk, ticket), act, **body)
    assert response.status_code == 200, response.text
    return await _now(desk, ticket)
