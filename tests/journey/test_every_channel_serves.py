"""The same course on every channel, through the providers' own protocols."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi import FastAPI

from handoff.settings import Settings
from tests.handoff.desk import PASSWORD, hire
from tests.journey import by_voice, course, sides
from tests.journey.base import Side
from tests.journey.course import Course, play
from tests.journey.office import Office
from tests.journey.stuck import Stuck


class Wanted(NamedTuple):
    """How far the provider lets us see, and how its choices look."""

    states: tuple[str, ...] = ()
    choices: tuple[str, int] | None = ("pulsanti", 5)
    hours: float | None = None  # in which a person may write; else ever
    score: int | None = 5
    closed: bool = True


WANTED = {
    "webchat": Wanted(),
    "telegram": Wanted(("sent",)),
    "whatsapp": Wanted(("sent", "delivered", "read"), ("voci di elenco", 5), 24),
    "messenger": Wanted(("sent", "delivered", "read"), ("risposte rapide", 5), 7 * 24),
    "instagram": Wanted(("sent", "read"), ("risposte rapide", 5), 7 * 24),
    "x": Wanted(("sent", "read"), ("righe numerate", 5)),
    "email": Wanted(("sent",), ("righe numerate", 5)),
    "pec": Wanted(("sent", "delivered"), None, score=None),
    "bridge": Wanted(("sent", "delivered", "read")),
}


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
    return settings.model_copy(update={"channels": (*sides.NAMES, *sides.BY_HAND)})


@pytest.fixture
def citizens(client: httpx.AsyncClient, fakes: dict[str, Any]) -> list[Side]:
    return sides.citizens(client, fakes)


@pytest.fixture
async def office(app: FastAPI) -> AsyncIterator[Office]:
    rita = await hire(app.state.database, "rita")
    transport = httpx.ASGITransport(app, client=("192.0.2.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as http:
        yield await Office(http, app.state.database).enters(rita.email, PASSWORD)


async def test_on_every_channel_a_citizen_is_answered_reaches_a_person_and_is_seen_off(
    app: FastAPI, citizens: list[Side], office: Office
) -> None:
    """All at once, as on a working day; each outcome counts."""
    answer = app.state.knowledge.wording(course.TOPIC).text
    played = await asyncio.gather(
        *(play(side, office, answer) for side in citizens), return_exceptions=True
    )
    outcomes = dict(zip(sides.NAMES, played, strict=True))
    assert {name: told(outcome) for name, outcome in outcomes.items()} == WANTED


def told(outcome: Course | BaseException) -> object:
    if isinstance(outcome, BaseException):
        return repr(outcome)
    hours = outcome.reach["window_hours"]
    return Wanted(outcome.states, outcome.choices, hours, outcome.score, outcome.closed)


async def test_contacts_by_voice_are_in_the_same_queue_and_numbers(office: Office) -> None:
    for name in sides.BY_HAND:
        written = await by_voice.write_down(office, name)
        assert (written.channel, written.closed) == (name, True)


async def test_a_channel_whose_citizen_reads_nothing_is_told_in_a_sentence(
    citizens: list[Side], office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "PATIENCE", 0.2)
    [telegram] = [side for side in citizens if side.name == "telegram"]
    with pytest.raises(Stuck, match="la risposta approvata non è arrivata entro"):
        await play(telegram, office, "parole che nessuno ha approvato")
