"""What a bot may answer, by the contract of its door, and that it did not."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator


class BotSilent(Exception):
    """No usable answer. `why`: breaker | refused | unreachable | slow | garbled."""

    def __init__(self, why: str, detail: str) -> None:
        super().__init__(detail)
        self.why = why


class BotObjects(BotSilent):
    """It finds fault with this one question: it lives, and answers others."""


class BotAway(BotSilent):
    """Nobody took the connection: the question surely did not leave."""


class Reply(BaseModel):
    say: str | None = None
    values: Annotated[dict[str, Any], Field(alias="with", default_factory=dict)]
    text: str | None = None


class TicketWish(BaseModel):
    kind: str
    reason: str
    topic: str | None = None
    fields: dict[str, Any] = Field(default_factory=dict)


class Answer(BaseModel):
    replies: Annotated[list[Reply], Field(min_length=1)]
    parse: dict[str, Any] = Field(default_factory=dict)
    decision: Literal["answer", "offer", "decline", "handoff", "form"]
    ticket: TicketWish | None = None
    model: str | None = None

    @model_validator(mode="after")
    def _speaks_in_keys(self) -> "Answer":
        if any(reply.say is None for reply in self.replies):
            raise ValueError("a reply without a key: only approved words are said")
        return self
