"""Waits for new mail, for ever. A mail is marked as read after it was committed, not before."""

import asyncio
import logging
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from handoff.channel.events import Event, Mark, NotOffered, Passed, Receive
from handoff.channel.mailbox.imap import Imap
from handoff.channel.mailbox.letter import Raw
from handoff.channel.mailbox.settings import MailboxSettings

logger = logging.getLogger(__name__)
Value = TypeVar("Value")
Read = Callable[[Raw], list[Event]]


class Unstored(Exception):
    """Some mail could not be committed: it stays unread and comes again."""


class Patience:
    """Waits longer with each failure and tells the log about the first of a kind."""

    def __init__(self, *, shortest: float = 1.0, longest: float = 30.0) -> None:
        self._shortest = shortest
        self._longest = longest
        self._failures = 0
        self._told: str | None = None

    async def wait(self, mailbox: str, error: Exception) -> None:
        kind = type(error).__name__
        if kind != self._told:
            logger.warning("no mail from %s at the moment, trying on: %s", mailbox, kind)
        self._told = kind
        pause = min(self._longest, self._shortest * 2.0 ** min(self._failures, 20))
        self._failures += 1
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))

    def over(self) -> None:
        self._failures, self._told = 0, None


class Watcher:
    """One folder of one mailbox."""

    def __init__(
        self,
        settings: MailboxSettings,
        folder: str,
        read: Read,
        *,
        name: str,
        largest: int,
        timeout: float = 30.0,
        patience: Patience | None = None,
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._read = read
        self._name = name
        self._largest = largest
        self._timeout = timeout
        self._patience = patience or Patience()
        self._validity = 0
        self._first = 0  # mails from this UID on came while we watched
        self._done: set[int] = set()

    async def run(self, receive: Receive) -> None:
        """Until cancelled; it waits out every error."""
        while True:
            try:
                await self._stay_connected(receive)
            except Exception as error:
                await self._patience.wait(self._name, error)

    async def _stay_connected(self, receive: Receive) -> None:
        thread = ThreadPoolExecutor(1, "imap")
        try:
            imap = await self._connect(thread)
            try:
                while True:
                    await self._sweep(thread, imap, receive)
                    self._patience.over()
                    await self._wait(thread, imap)
            finally:
                imap.cut()
        finally:
            thread.shutdown(wait=False, cancel_futures=True)

    async def _connect(self, thread: ThreadPoolExecutor) -> Imap:
        imap = await _in(thread, Imap, self._settings, self._folder, self._timeout)
        if imap.validity != self._validity:  # the numbers begin anew
            self._validity, self._first = imap.validity, imap.next_uid
            self._done = set()
        return imap

    async def _sweep(self, thread: ThreadPoolExecutor, imap: Imap, receive: Receive) -> None:
        """One mail that cannot be stored does not keep the others waiting."""
        failure: Exception | None = None
        for uid in await _in(thread, imap.new, self._first):
            if uid in self._done:
                continue
            raw = await _in(thread, imap.fetch, uid, self._largest)
            try:
                await self._store(thread, uid, raw, receive)
            except Exception as error:
                failure = error
                continue
            await _in(thread, imap.mark, uid)
            self._done.add(uid)
        if failure is not None:
            raise Unstored(type(failure).__name__)

    async def _store(
        self, thread: ThreadPoolExecutor, uid: int, raw: Raw | None, receive: Receive
    ) -> None:
        """The last of what a mail tells bears its number: then all of it was stored."""
        if raw is None:
            return
        series = f"{self._validity}:{self._folder}"[:64]
        passed = Passed(channel=self._name, mark=Mark(series=series, number=uid))
        *others, last = await _in(thread, self._read, raw) or [passed]
        for event in (*others, replace(last, mark=passed.mark)):
            try:
                await receive(event)
            except NotOffered:  # mails carry no buttons, but a refusal is no failure
                continue

    async def _wait(self, thread: ThreadPoolExecutor, imap: Imap) -> None:
        """IDLE tells at once; its end after a minute is the poll that misses nothing."""
        seconds = self._settings.poll_seconds
        if not imap.can_idle:
            await asyncio.sleep(seconds)
            return
        await _in(thread, imap.idle, seconds)


async def _in(thread: ThreadPoolExecutor, call: Callable[..., Value], *arguments: object) -> Value:
    return await asyncio.get_running_loop().run_in_executor(thread, call, *arguments)
