"""A channel whose messages lie in a mailbox."""

import asyncio
import logging
from abc import abstractmethod
from email.message import EmailMessage

from handoff.channel.base import Channel
from handoff.channel.events import Event, Receive
from handoff.channel.mailbox.composing import recipient
from handoff.channel.mailbox.imap import Imap
from handoff.channel.mailbox.letter import Raw
from handoff.channel.mailbox.posting import Post
from handoff.channel.mailbox.settings import MailboxSettings
from handoff.channel.mailbox.tokens import Tokens
from handoff.channel.mailbox.watching import Patience, Watcher
from handoff.channel.outgoing import Outbound, Receipt


class MailChannel(Channel):
    def __init__(
        self,
        settings: MailboxSettings,
        *,
        largest: int,
        answer_within: float = 20.0,  # seconds, below the lease of a message that goes out
        patience: Patience | None = None,
    ) -> None:
        self._settings = settings
        self._largest = largest
        self._answer_within = answer_within
        self._patience = patience
        self._tokens = Tokens(settings.thread_secret.get_secret_value(), settings.address)
        self._post = Post(settings, answer_within=answer_within)
        # they log the commands and the lines of mails that they stumble over
        logging.getLogger("aiosmtplib").setLevel(logging.CRITICAL)
        logging.getLogger("mailparser_reply").setLevel(logging.CRITICAL)

    @abstractmethod
    def read(self, raw: Raw) -> list[Event]:
        """A mail as events; never raises."""

    async def listen(self, receive: Receive) -> None:
        async with asyncio.TaskGroup() as tasks:
            for folder in self._settings.folder_names:
                tasks.create_task(self._watcher(folder).run(receive))

    def _watcher(self, folder: str) -> Watcher:
        return Watcher(
            self._settings,
            folder,
            self.read,
            name=self.name,
            largest=self._largest,
            patience=self._patience,
        )

    async def deliver(self, message: Outbound, mail: EmailMessage) -> Receipt:
        await self._post.send(mail, recipient(message.address))
        return Receipt((self._tokens.message_id(message.key),))

    async def trouble(self) -> str | None:
        try:
            await asyncio.to_thread(self._look_in)
        except Exception:  # its words name the account
            return "la casella di posta non si apre: controllare server, utente e password"
        return await self._post.trouble()

    def _look_in(self) -> None:
        for folder in self._settings.folder_names:
            Imap(self._settings, folder, self._answer_within / 2).leave()
