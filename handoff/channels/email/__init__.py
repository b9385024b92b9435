"""Ordinary e-mail: IMAP in, SMTP out."""

from typing import ClassVar

from handoff.channel import Event, Outbound, Receipt
from handoff.channel.mailbox.base import MailChannel
from handoff.channel.mailbox.composing import compose
from handoff.channel.mailbox.letter import Raw
from handoff.channel.mailbox.watching import Patience
from handoff.channels.email.letters import CHANNEL, Letters
from handoff.channels.email.settings import EmailSettings

LARGEST = 25_000_000  # bytes that are read whole


class Email(MailChannel):
    name: ClassVar[str] = CHANNEL
    title: ClassVar[str] = "E-mail"
    is_terse: ClassVar[bool] = True  # each is a letter
    knows_sender: ClassVar[bool] = False
    takes_files = True
    # recognises_repeats stays False: a repeat has the same Message-ID, but many mailboxes show
    # both all the same

    def __init__(
        self,
        settings: EmailSettings,
        *,
        largest: int = LARGEST,
        answer_within: float = 20.0,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(settings, largest=largest, answer_within=answer_within, patience=patience)
        self._has_plus = settings.plus_addresses
        self._letters = Letters(settings.address, self._tokens)

    def read(self, raw: Raw) -> list[Event]:
        return self._letters.read(raw)

    async def send(self, message: Outbound) -> Receipt:
        mail = compose(message, self._settings, self._tokens, plus=self._has_plus)
        return await self.deliver(message, mail)


def channel() -> Email:
    return Email(EmailSettings())
