"""Actions run as the server runs them; the service they ask is a fake on loopback."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor

from actions import lookups
from tests.fake_internal import TOKEN, Internal, internal_api


class Citizen:
    """Calls an action with what a citizen just did."""

    def __init__(self, executor: ActionExecutor) -> None:
        self.executor = executor
        self.slots: dict[str, Any] = {}
        self.replies: list[dict[str, Any]] = []
        self.domain: dict[str, Any] = {}

    async def answers(self, action: str, *, asked: str, text: str) -> list[str]:
        """Calls it with the answer to what the bot asked."""
        said = {"event": "bot", "data": {"custom": {"say": asked, "with": {}}}}
        return await self.calls(
            action, text=text, events=[{"event": "user"}, said, {"event": "user"}]
        )

    async def calls(
        self,
        action: str,
        *,
        text: str = "",
        intent: str = "",
        value: str | None = None,
        asks: dict[str, str] | None = None,
        events: list[dict[str, Any]] | None = None,
    ) -> list[str]:
        entities = [{"entity": "valore", "value": value}] if value else []
        message = {"text": text, "intent": {"name": intent}, "entities": entities}
        message |= {"asks": asks} if asks else {}
        tracker = {
            "sender_id": "conversation-1",
            "slots": self.slots,
            "latest_message": message,
            "events": events or [],
            "active_loop": {},
        }
        call = {
            "next_action": action,
            "tracker": tracker,
            "domain": self.domain,
            "version": "3.6.21",
        }
        result = (await self.executor.run(call)).model_dump()
        self._set(result["events"])
        self.replies = [response["custom"] for response in result["responses"]]
        return [reply["say"] for reply in self.replies]

    def _set(self, events: list[dict[str, Any]]) -> None:
        self.slots |= {event["name"]: event["value"] for event in events}


@pytest.fixture(scope="session")
def executor() -> ActionExecutor:
    executor = ActionExecutor()
    executor.register_package("actions")
    return executor


@pytest.fixture
def internal(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Internal]]:
    with internal_api() as url:
        monkeypatch.setenv("SPORTELLO_HANDOFF_URL", url)
        monkeypatch.setenv("SPORTELLO_INTERNAL_TOKEN", TOKEN)
        monkeypatch.setattr(Internal, "broken", False)
        yield Internal


@pytest.fixture
async def citizen(executor: ActionExecutor, internal: type[Internal]) -> AsyncIterator[Citizen]:
    yield Citizen(executor)
    await lookups.close()
