"""What a provider tells us. A channel translates into these and decides nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How the provider numbered what it gave us, so that what is missing can be told.

    A repeat bears the number that it had; numbers of one series grow.
    """

    series: str  # one numbering: at most 64 characters, never empty, nothing secret
    number: int
    gapless: bool = False  # the provider leaves none out: a gap is something that we never got
    renewed_after: timedelta | None = None  # so long a silence, and it numbers anew


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbered:
    mark: Mark | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a message: its content, or how to ask the provider for it later."""

    kind: Literal["image", "audio", "video", "file"]
    name: str = ""  # as the citizen's side calls it: never a path, never trusted
    media_type: str = ""  # as the provider claims
    size: int | None = None  # bytes, as the provider claims
    reference: str = ""  # what `Channel.fetch` needs; never shown, never logged
    content: bytes | None = field(default=None, repr=False)  # when it came with the message
    original: bool = False  # the message itself, kept untouched as evidence: PEC


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound(_Numbered):
    """A message of a citizen."""

    channel: str
    external_id: str  # the provider's id for this message: what makes a redelivery harmless
    address: str  # where to answer: chat id, phone number, mailbox, web-chat session
    text: str = ""
    payload: str | None = None  # set only by our own buttons, never by what a citizen typed
    name: str | None = None  # what the citizen calls themself there
    unsupported: str | None = None  # a kind of message we cannot read: sticker, location …
    attachments: tuple[Attachment, ...] = ()
    group: str | None = None  # messages that the citizen sent as one: an album
    edits: str | None = None  # external id of the message that this one corrects
    # Who should see to it: `person` where a machine must not answer (PEC), `nobody` what no
    # person waits behind (out-of-office notes, lists). Safety looks at all of them.
    wants: Literal["bot", "person", "nobody"] = "bot"
    thread: str | None = None  # our conversation, as a token that the channel signed names it
    answers_to: tuple[str, ...] = ()  # external ids of what it answers, the nearest first
    subject: str | None = None
    particulars: Mapping[str, str] = field(default_factory=dict)  # kept beside the message
    written_at: datetime | None = field(default=None, compare=False)  # as the provider says


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(_Numbered):
    """What became of something that we sent."""

    channel: str
    state: Literal["sent", "delayed", "delivered", "read", "failed"]
    external_id: str | None = None  # the provider's id of our message …
    key: str | None = None  # … or our own, where the provider repeats it
    address: str | None = None  # with `up_to`: all that this citizen was sent until then
    up_to: datetime | None = None
    recipient: str = ""  # where one message goes to several: PEC
    alias: str | None = None  # another id that answers will name: PEC's identificativo
    cause: str | None = None  # of a failure: window_closed · unreachable · refused · later
    reason: str | None = None  # in Italian, for the operator
    evidence: Attachment | None = field(default=None, repr=False, compare=False)  # as it came: PEC


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo(_Numbered):
    """Sent from our account: by us, or by a person in the provider's own app."""

    channel: str
    external_id: str
    address: str
    text: str = ""
    key: str | None = None  # ours, when it is an echo of what we sent
    ours: bool = False  # our own app sent it, though it may not say which message it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(_Numbered):
    """The citizen took a message back: its text is not ours to keep."""

    channel: str
    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach(_Numbered):
    """The citizen blocked us, or let us in again."""

    channel: str
    address: str
    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity(_Numbered):
    """What we do not understand, kept as it came, so that nothing is lost."""

    channel: str
    external_id: str  # the provider's, or a hash of the body
    kind: str  # one word for the channel's page; nothing that a citizen wrote
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed(_Numbered):
    """Given to us under a number, and nothing in it is ours: only the number is kept."""

    channel: str


Event = Inbound | Status | Echo | Withdrawn | Reach | Oddity | Passed


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of an `Inbound`, committed before it is returned."""

    message_id: str
    seq: int
    conversation_id: str
    duplicate: bool


class NotOffered(ValueError):
    """A payload that no button of this conversation carries."""


# When it returns, the event is committed; when it raises, it must come again.
Receive = Callable[[Event], Awaitable[Received | None]]
