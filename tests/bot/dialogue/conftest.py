"""A really trained bot behind its own processor, with its real action server."""

import asyncio
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot.application import load
from bot.models import find_made_of
from bot.processor import Processor
from bot.question import Question
from bot.settings import Settings, models_folder
from bot.trackers import TABLE
from bot.train import ingredients, refresh
from italian.forms import read_forms
from tests.bot.dialogue.loopback import action_server
from tests.fake_internal import TOKEN, internal_api

TIMESTAMP = re.compile(r'("timestamp": ?)(\d+(?:\.\d+)?)')
FORMS = read_forms().values()
MONTH = 30 * 24 * 3600


class Talk:
    """One conversation; each turn returns the keys of what the bot said."""

    def __init__(self, processor: Processor, run: Callable[[Any], Any], sender: str) -> None:
        self.processor, self.run, self.sender = processor, run, sender
        self.answer: dict[str, Any] = {}

    def says(self, text: str) -> list[str]:
        return self._turn(text=text, payload=None)

    def presses(self, payload: str) -> list[str]:
        return self._turn(text=None, payload=payload)

    @property
    def ticket(self) -> dict[str, Any] | None:
        return self.answer["ticket"]

    @property
    def values(self) -> dict[str, Any]:
        return self.answer["replies"][-1]["with"]

    @property
    def parse(self) -> dict[str, Any]:
        return self.answer["parse"]

    @property
    def form(self) -> str | None:
        return self._tracker().active_loop_name

    @property
    def asked(self) -> str | None:
        slot = self._tracker().get_slot("requested_slot")
        return next((form.question(slot) for form in FORMS if form.question(slot)), None)

    @property
    def told(self) -> dict[str, Any]:
        """What any form has been told and not yet let go."""
        slots = self._tracker().current_slot_values()
        asked = ((form.slot(name), name) for form in FORMS for name in form.questions)
        return {name: slots[slot] for slot, name in asked if slots.get(slot)}

    def wait_a_month(self) -> None:
        """As if everything said so far had been said a month earlier."""
        mine = TABLE.c.conversation_id == self.sender
        with self.processor.tracker_store.engine.begin() as connection:
            snapshot = connection.execute(TABLE.select().where(mine)).one().snapshot
            earlier = TIMESTAMP.sub(lambda t: f"{t[1]}{float(t[2]) - MONTH}", snapshot)
            assert earlier != snapshot
            connection.execute(TABLE.update().where(mine).values(snapshot=earlier))

    def _tracker(self) -> Any:
        return self.run(self.processor.get_tracker(self.sender))

    def _turn(self, *, text: str | None, payload: str | None) -> list[str]:
        question = Question(self.sender, str(uuid4()), text, payload, {}, reset=False)
        self.answer = self.run(self.processor.converse(question))
        return [reply["say"] for reply in self.answer["replies"]]


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained for these tests, unless the one that serves was made of the very same."""
    folder = tmp_path_factory.mktemp("models")
    if made := find_made_of(models_folder(), ingredients()):
        shutil.copy(made, folder)
    return refresh(folder)


@pytest.fixture(scope="session")
def action_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("actions") / "log"


@pytest.fixture(scope="session")
def settings(model: Path, action_log: Path, tmp_path_factory: Any) -> Iterator[Settings]:
    """Of a bot with its database and its action server."""
    database = f"sqlite:///{tmp_path_factory.mktemp('trackers')}/trackers.db"
    with internal_api() as handoff, action_server(handoff, log=action_log) as actions:
        yield Settings(TOKEN, database, actions, model.parent, "127.0.0.1", 5005)


@pytest.fixture(scope="session")
def processor(
    model: Path, settings: Settings, loop: asyncio.AbstractEventLoop
) -> Iterator[Processor]:
    processor = load(model, settings)
    TABLE.create(processor.tracker_store.engine)
    yield processor
    loop.run_until_complete(processor.close())


@pytest.fixture(scope="session")
def restarted(
    model: Path, settings: Settings, processor: Processor, loop: asyncio.AbstractEventLoop
) -> Iterator[Processor]:
    """The same bot after a restart: all it knows of a conversation stands in the database."""
    again = load(model, settings)
    yield again
    loop.run_until_complete(again.close())


@pytest.fixture
def talk(processor: Processor, loop: asyncio.AbstractEventLoop) -> Talk:
    return Talk(processor, loop.run_until_complete, f"guest-{uuid4()}")


@pytest.fixture
def owner(processor: Processor, loop: asyncio.AbstractEventLoop) -> Talk:
    """A citizen who opened a request in this conversation."""
    return Talk(processor, loop.run_until_complete, f"owner-{uuid4()}")
