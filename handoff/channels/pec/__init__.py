"""Posta elettronica certificata: registered letters by mail. Only people answer here."""

from datetime import timedelta
from typing import ClassVar

from handoff.channel import Event, Outbound, PermanentFailure, Receipt
from handoff.channel.mailbox.base import MailChannel
from handoff.channel.mailbox.composing import compose
from handoff.channel.mailbox.letter import Raw
from handoff.channel.mailbox.watching import Patience
from handoff.channels.pec.letters import CHANNEL, Letters
from handoff.channels.pec.settings import PecSettings

LARGEST = 45_000_000  # bytes; the rules promise 30 MB, which base64 makes a third longer


class Pec(MailChannel):
    name: ClassVar[str] = CHANNEL
    title: ClassVar[str] = "PEC"
    answers_alone: ClassVar[bool] = False
    takes_files = True
    reports_within: ClassVar[timedelta | None] = timedelta(hours=1)  # the accettazione: minutes

    def __init__(
        self,
        settings: PecSettings,
        *,
        largest: int = LARGEST,
        answer_within: float = 20.0,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(settings, largest=largest, answer_within=answer_within, patience=patience)
        self._letters = Letters(settings.address, self._tokens)

    def read(self, raw: Raw) -> list[Event]:
        return self._letters.read(raw)

    async def send(self, message: Outbound) -> Receipt:
        """To one recipient, so that every receipt is about one."""
        if message.author != "operator":
            raise PermanentFailure("sulla PEC rispondono solo le persone")
        mail = compose(message, self._settings, self._tokens, plus=False)
        return await self.deliver(message, mail)


def channel() -> Pec:
    return Pec(PecSettings())
