"""Talks with an IMAP server, through imap-tools. It blocks: one thread, one connection."""

import imaplib
import re
import socket
import ssl
from contextlib import suppress
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from handoff.channel.mailbox.letter import Raw
from handoff.channel.mailbox.settings import MailboxSettings

BEGINNING = 256_000  # bytes that are read of what is too large
SIZE = re.compile(rb"UID (\d+)[^)]*RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+)[^)]*UID (\d+)", re.I)


class Refused(Exception):
    """The server answered something other than OK; what it said stays out of our logs."""


def _opened(settings: MailboxSettings, timeout: float) -> BaseMailBox:
    """Imaplib by itself takes any certificate, and would hand the password to anybody."""
    host, port = settings.imap_host, settings.imap_port
    match settings.imap_security:
        case "none":  # on this machine only
            return MailBoxUnencrypted(host, port, timeout=timeout)
        case "starttls":
            return MailBoxStartTls(host, port, timeout, ssl.create_default_context())
    return MailBox(host, port, timeout, ssl_context=ssl.create_default_context())


class Imap:
    def __init__(self, settings: MailboxSettings, folder: str, timeout: float) -> None:
        self._box = _opened(settings, timeout)
        secret = settings.password.get_secret_value()
        try:
            self._box.login(settings.login, secret, initial_folder=None)
            self._box.folder.set(folder)
        except BaseException:
            self.cut()
            raise
        self.validity = self._number("UIDVALIDITY")
        self.next_uid = self._number("UIDNEXT")

    def _number(self, name: str) -> int:
        values = self._box.client.response(name)[1]
        return int(values[0]) if values and values[0] else 0

    @property
    def can_idle(self) -> bool:
        """Asked after the login: some servers tell strangers less."""
        told = self._box.client.capability()[1]
        return b"IDLE" in b" ".join(one for one in told if isinstance(one, bytes)).upper()

    def new(self, first: int) -> list[int]:
        """Unread mails, and those from `first` on, even if somebody has read them elsewhere."""
        found = {int(uid) for uid in self._box.uids("UNSEEN", None)}
        later = {int(uid) for uid in self._box.uids(f"UID {first}:*", None)} if first else set()
        return sorted(found | {uid for uid in later if uid >= first})  # n:* gives one always

    def fetch(self, uid: int, largest: int) -> Raw | None:
        """None when it is gone. PEEK: fetching alone would mark it as read."""
        size = self._size(uid)
        if size is None:
            return None
        is_cut = size > largest
        what = f"(BODY.PEEK[]<0.{BEGINNING}>)" if is_cut else "(BODY.PEEK[])"
        for item in self._uid("FETCH", str(uid), what):
            if isinstance(item, tuple) and isinstance(item[1], bytes):
                return Raw(item[1], size, is_cut)
        return None

    def _size(self, uid: int) -> int | None:
        for item in self._uid("FETCH", str(uid), "(UID RFC822.SIZE)"):
            found = SIZE.search(item) if isinstance(item, bytes) else None
            if found and int(found[1] or found[4]) == uid:
                return int(found[2] or found[3])
        return None

    def mark(self, uid: int) -> None:
        # not imap-tools' flag(): it also expunges what others have marked as deleted
        self._uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def _uid(self, command: str, *arguments: str) -> list[Any]:
        result, data = self._box.client.uid(command, *arguments)
        if result != "OK":
            raise Refused(command)
        return list(data)

    def idle(self, seconds: float) -> None:
        """Until the server tells of something, or so many seconds."""
        self._box.idle.wait(timeout=seconds)

    def leave(self) -> None:
        with suppress(Exception):
            self._box.logout()

    def cut(self) -> None:
        """From another thread: whatever waits for the server ends at once."""
        with suppress(OSError, AttributeError):
            self._box.client.sock.shutdown(socket.SHUT_RDWR)
        with suppress(OSError, AttributeError, imaplib.IMAP4.error):
            self._box.client.shutdown()
