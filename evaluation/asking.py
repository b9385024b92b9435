"""Asks each message as the first of a conversation: safety, then the bot's door."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from evaluation.judgement import Outcome, Verdict, judge, outcome_of
from evaluation.messages import Message
from evaluation.stack import Door
from handoff.safety import Safety

PATIENCE = 10.0  # seconds for one answer
WARM_UP = "buongiorno"


class DoorFailed(RuntimeError):
    """The bot answered with an error: an evaluation with holes would be a lie."""


@dataclass(frozen=True)
class Result:
    message: Message
    outcome: Outcome
    verdict: Verdict
    milliseconds: float | None  # nothing when safety answered and the bot was not asked


class Asker:
    def __init__(self, safety: Safety, door: Door):
        self.model: str | None = None
        self._safety = safety
        self._client = httpx.Client(
            base_url=door.url,
            headers={"Authorization": f"Bearer {door.token}"},
            timeout=PATIENCE,
            trust_env=False,
        )

    def __enter__(self) -> "Asker":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def warm_up(self) -> None:
        """What happens once per process is not a message's time."""
        self._converse(WARM_UP)

    def ask(self, message: Message) -> Result:
        if finding := self._safety.look(message.text):
            outcome = Outcome(acted_on=frozenset({finding.topic}))
            return Result(message, outcome, judge(message, outcome), None)
        before = time.perf_counter()
        answer = self._converse(message.text)
        milliseconds = (time.perf_counter() - before) * 1000
        self.model = answer.get("model") or self.model
        outcome = outcome_of(answer)
        return Result(message, outcome, judge(message, outcome), milliseconds)

    def _converse(self, text: str) -> dict[str, Any]:
        question = {
            "conversation_id": str(uuid4()),
            "message_id": str(uuid4()),
            "text": text,
            "metadata": {},
            "reset": False,
        }
        try:
            response = self._client.post("/webhooks/handoff/converse", json=question)
            response.raise_for_status()
            answer: dict[str, Any] = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise DoorFailed(f"The bot gave no answer to «{text[:60]}»: {error}") from error
        return answer
