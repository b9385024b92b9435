"""What a channel is.

A channel turns what a provider sends us into `Inbound`, and an `Outbound` into
what the provider wants. It decides nothing and stores nothing.

* DeliveryError
  - TemporaryFailure   it surely did not arrive; try again, after `retry_after` if given
  - PermanentFailure   a person has to look: blocked, unknown address, too old
  - UnknownOutcome     the request left and no answer came: it may have arrived
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from fastapi import APIRouter


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    title: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    channel: str
    external_id: str  # the provider's id for this message: what makes a redelivery harmless
    address: str  # where to answer: chat id, phone number, mailbox, web-chat session
    text: str = ""
    payload: str | None = None  # set only by our own buttons, never by what a citizen typed
    name: str | None = None  # what the citizen calls themself there
    unsupported: str | None = None  # a kind of message we cannot read: voice, photo, sticker …


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of an `Inbound`, committed before it is returned."""

    message_id: str
    seq: int
    conversation_id: str
    duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    key: str  # the same on every attempt, for providers that can recognise a repeat
    address: str
    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    external_id: str | None = None


class DeliveryError(Exception):
    pass


class TemporaryFailure(DeliveryError):
    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class PermanentFailure(DeliveryError):
    pass


class UnknownOutcome(DeliveryError):
    pass


class NotOffered(ValueError):
    """A payload that no button of this conversation carries."""


Receive = Callable[[Inbound], Awaitable[Received]]


class Channel(ABC):
    name: ClassVar[str]
    pulled: ClassVar[bool] = False  # citizens fetch their messages from us: nothing to send
    window: ClassVar[timedelta | None] = None  # after a citizen's message, for writing first
    recognises_repeats: ClassVar[bool] = False  # sending again after UnknownOutcome is harmless

    def routes(self, receive: Receive) -> APIRouter | None:
        """The provider calls us: webhooks. None when it never does."""
        return None

    async def listen(self, receive: Receive) -> None:  # noqa: B027 (optional: most providers call us)
        """We call the provider: mailboxes, long polling. Runs until cancelled."""

    @abstractmethod
    async def send(self, message: Outbound) -> Receipt: ...

    async def close(self) -> None:  # noqa: B027 (optional: only what holds connections)
        """Let go of connections."""
