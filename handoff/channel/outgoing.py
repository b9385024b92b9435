"""What we want sent, and what came of it.

* DeliveryError
  - TemporaryFailure   it surely did not arrive; try again, after `retry_after` if given
    - TokenRefused     nothing can leave until somebody mends our credentials
  - PermanentFailure   it never will as it is; a person has to look
    - WindowClosed     too long since the citizen wrote: a template, or another channel
    - Unreachable      blocked, unknown, gone
  - UnknownOutcome     the request left and no answer came: it may have arrived
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    title: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that an operator sends."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A text that the provider approved for writing first; `values` fill its gaps in order."""

    name: str
    language: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The citizen's newest message: what an answer by mail refers to."""

    external_id: str
    subject: str | None = None
    particulars: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    key: str  # the same on every attempt, for providers that can recognise a repeat
    address: str
    text: str
    buttons: tuple[Button, ...] = ()
    author: Literal["bot", "operator", "system"] = "bot"
    late: bool = False  # outside the channel's window, inside that of a person: to be marked so
    template: Template | None = None
    files: tuple[File, ...] = ()
    conversation_id: str = ""
    answers: Answered | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took it. A message in parts has several ids, in order."""

    external_ids: tuple[str, ...] = ()


class DeliveryError(Exception):
    cause: str = "refused"


class TemporaryFailure(DeliveryError):
    cause = "later"

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class TokenRefused(TemporaryFailure):
    cause = "token"


class PermanentFailure(DeliveryError):
    pass


class WindowClosed(PermanentFailure):
    cause = "window_closed"


class Unreachable(PermanentFailure):
    cause = "unreachable"


class UnknownOutcome(DeliveryError):
    cause = "unknown"
