"""Mails as events; whatever a mail is like, it does not stop the mailbox."""

from abc import ABC, abstractmethod
from typing import ClassVar

from handoff.channel.events import Event
from handoff.channel.mailbox import letter
from handoff.channel.mailbox.letter import Raw, Unreadable
from handoff.channel.mailbox.tokens import Tokens


class Letters(ABC):
    channel: ClassVar[str]

    def __init__(self, address: str, tokens: Tokens) -> None:
        self._address = address  # ours
        self._tokens = tokens

    def read(self, raw: Raw) -> list[Event]:
        """Nothing for what we sent ourselves; an Oddity for what makes no sense."""
        try:
            return self.events(raw)
        except Unreadable as error:
            return [letter.oddity(self.channel, str(error), raw.content)]
        except Exception:  # the standard library stumbles over some mails in many ways
            return [letter.oddity(self.channel, "illeggibile", raw.content)]

    @abstractmethod
    def events(self, raw: Raw) -> list[Event]:
        """May raise Unreadable, and whatever reading a mail raises."""
