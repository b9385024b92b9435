"""A really trained bot that talks to its real action server."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.model_training import train
from rasa.utils.endpoints import EndpointConfig

from bot.importer import KnowledgeImporter
from bot.nlu.decision import decide, said_first
from tests.bot.dialogue.loopback import ROOT, action_server, internal_api


class Listener(MessageProcessor):
    """Rasa's processor with our decision; the door adds what concerns the network."""

    async def parse_message(
        self, message: UserMessage, tracker: Any = None, only_output_properties: bool = True
    ) -> dict[str, Any]:
        if payload := (message.metadata or {}).get("payload"):
            parse = pressed(payload)
        else:
            parse = await super().parse_message(message, tracker, only_output_properties)
        classified = {"intent": parse["intent"], "ranking": parse.get("intent_ranking", [])}
        name = decide(parse, tracker)
        intent = {"name": name, "confidence": parse["intent"]["confidence"]}
        return {**parse, "intent": intent, "classified": classified}


def pressed(payload: str) -> dict[str, Any]:
    topic, _, value = payload.partition(":")
    return {
        "text": payload,
        "intent": {"name": topic, "confidence": 1.0},
        "entities": [{"entity": "valore", "value": value}] if value else [],
    }


class Talk:
    """One conversation; each turn returns the keys of what the bot said."""

    def __init__(self, processor: Listener, run: Callable[[Any], Any], sender: str) -> None:
        self.processor, self.run, self.sender = processor, run, sender
        self.replies: list[dict[str, Any]] = []
        self.parse: dict[str, Any] = {}

    def says(self, text: str) -> list[str]:
        return self._turn(text, {})

    def presses(self, payload: str) -> list[str]:
        return self._turn(payload, {"payload": payload})

    @property
    def ticket(self) -> dict[str, Any] | None:
        return next((r["ticket"] for r in self.replies if r.get("ticket")), None)

    @property
    def values(self) -> dict[str, Any]:
        return self.replies[-1]["with"]

    def form(self) -> str | None:
        return self._tracker().active_loop_name

    def slots(self) -> dict[str, Any]:
        slots = self._tracker().current_slot_values()
        return {name: slots[name] for name in slots if name.startswith("reclamo_") and slots[name]}

    def _tracker(self) -> Any:
        return self.run(self.processor.get_tracker(self.sender))

    def _turn(self, text: str, metadata: dict[str, Any]) -> list[str]:
        channel = CollectingOutputChannel()
        message = UserMessage(text, channel, self.sender, metadata=metadata)
        self.run(self.processor.handle_message(message))
        parse = self._tracker().latest_message.parse_data
        first = said_first(parse, parse["intent"]["name"])
        spoken = [message["custom"] for message in channel.messages]
        self.replies = [{"say": topic, "with": {}} for topic in first] + spoken
        self.parse = parse
        return [reply["say"] for reply in self.replies]


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    result = train(
        domain=str(ROOT / "bot" / "domain"),
        config=str(ROOT / "bot" / "config.yml"),
        training_files=str(ROOT / "data" / "conversation"),
        output=str(tmp_path_factory.mktemp("models")),
        force_training=True,
    )
    assert result.model is not None
    return Path(result.model)


@pytest.fixture(scope="session")
def action_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("actions") / "log"


@pytest.fixture(scope="session")
def processor(
    model: Path, action_log: Path, loop: asyncio.AbstractEventLoop
) -> Iterator[Listener]:
    domain = KnowledgeImporter().get_domain()
    with internal_api() as handoff, action_server(handoff, log=action_log) as actions:
        yield Listener(
            model_path=str(model),
            tracker_store=InMemoryTrackerStore(domain),
            lock_store=InMemoryLockStore(),
            action_endpoint=EndpointConfig(actions),
            generator=NaturalLanguageGenerator.create(None, domain),
        )


@pytest.fixture
def talk(processor: Listener, loop: asyncio.AbstractEventLoop) -> Talk:
    return Talk(processor, loop.run_until_complete, f"guest-{uuid4()}")


@pytest.fixture
def owner(processor: Listener, loop: asyncio.AbstractEventLoop) -> Talk:
    """A citizen who opened a request in this conversation."""
    return Talk(processor, loop.run_until_complete, f"owner-{uuid4()}")
