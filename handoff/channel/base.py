"""A channel turns what a provider sends us into events, and an `Outbound` into what it wants.

It decides nothing and stores nothing.
"""

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import ClassVar

from fastapi import APIRouter

from handoff.channel.events import Receive
from handoff.channel.outgoing import File, Outbound, PermanentFailure, Receipt

NO_FILES = "Su questo canale non si possono inviare file: scriva un testo, per favore."


class Channel(ABC):
    name: ClassVar[str]
    title: ClassVar[str] = ""  # as operators call it
    pulled: ClassVar[bool] = False  # citizens fetch their messages from us: nothing to send
    by_hand: ClassVar[bool] = False  # operators write down who called or came; then also `pulled`
    window: ClassVar[timedelta | None] = None  # after a citizen's message; None: never closes
    human_window: ClassVar[timedelta | None] = None  # the same for what a person writes
    has_templates: ClassVar[bool] = False  # after both windows, approved templates may go
    answers_alone: ClassVar[bool] = True  # False: only persons may write (PEC)
    # a message weighs here: mere courtesies stay out, the notice goes with the first answer
    is_terse: ClassVar[bool] = False
    takes_files: bool = False  # operators can attach files …
    no_files: str = NO_FILES  # … or why not, for them to read
    # False: anybody can write another's address as the sender's; what matters must answer us
    knows_sender: ClassVar[bool] = True
    recognises_repeats: ClassVar[bool] = False  # sending again after UnknownOutcome is harmless
    reports_within: ClassVar[timedelta | None] = None  # a status or an echo comes, usually by then

    def routes(self, receive: Receive) -> APIRouter | None:
        """The provider calls us: webhooks. None when it never does."""
        return None

    async def listen(self, receive: Receive) -> None:  # noqa: B027 (optional: most providers call us)
        """We call the provider: mailboxes, long polling. Runs until cancelled."""

    @abstractmethod
    async def send(self, message: Outbound) -> Receipt: ...

    def parts_of(self, message: Outbound) -> list[str]:
        """The text of each message of the provider's that it becomes: each has its own id."""
        return [message.text]

    def numbers_choices(self, message: Outbound) -> bool:
        """Whether the citizen reads its buttons as numbered lines, to be answered by a number."""
        return False

    async def fetch(self, reference: str, *, at_most: int) -> File:
        """What an attachment's reference stands for.

        Raises PermanentFailure when it is gone or larger than `at_most` bytes.
        """
        raise PermanentFailure("il canale non conserva allegati")

    def refuses(self, media_type: str, size: int) -> str | None:
        """Why a file of so many bytes cannot go here, for its operator to read; None if it can."""
        return None if self.takes_files else self.no_files

    def invitation(self, code: str) -> str | None:
        """An address that opens a talk with us here and brings another channel's code with it."""
        return None

    async def show_typing(self, address: str, message_id: str) -> None:  # noqa: B027 (optional)
        """Tell the citizen who wrote `message_id` that an answer is coming. May fail."""

    async def trouble(self) -> str | None:
        """Asked every few minutes: what keeps the channel from working, in Italian, or None."""
        return None

    async def close(self) -> None:  # noqa: B027 (optional: only what holds connections)
        """Let go of connections."""
