"""An IMAP server on loopback: one folder, IDLE, flags, partial fetches, and faults on command."""

import re
import socketserver
import threading
from collections.abc import Callable
from typing import Any, Self

from tests.ending import NOTICED

PASSWORD = "fake-password"


class FakeImap:
    """Put mails in with `add`; `seen` are the numbers of those that were marked as read."""

    def __init__(self, *, idle: bool = True) -> None:
        self.mails: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.log: list[str] = []
        self.validity = 1_700_000_000
        self.capabilities = "IMAP4rev1 IDLE" if idle else "IMAP4rev1"
        self.cuts: list[str] = []  # at the next command of that name the connection ends
        self.changed = threading.Condition()
        self._next = 1
        self._idling: dict[Any, str] = {}
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.imap = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(NOTICED,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def add(self, mail: bytes) -> int:
        with self.changed:
            uid, self._next = self._next, self._next + 1
            self.mails[uid] = mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            for handler in self._idling:
                handler.say(f"* {len(self.mails)} EXISTS")
            self.changed.notify_all()
        return uid

    def wait_until(self, condition: Callable[[], object], *, seconds: float = 10) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, seconds), f"not within {seconds} s"

    def is_idling(self) -> bool:
        return bool(self._idling)

    # What the client asks for

    def answer(self, handler: "_Handler", tag: str, command: str, rest: str) -> str:
        with self.changed:
            self.log.append(f"{command} {rest}".strip())
            self.changed.notify_all()
            call = getattr(self, "_" + command.lower().replace(" ", "_"), None)
            return "OK" if call is None else call(handler, tag, rest) or "OK"

    def _capability(self, handler: "_Handler", _tag: str, _rest: str) -> None:
        handler.say(f"* CAPABILITY {self.capabilities}")

    def _login(self, _handler: "_Handler", _tag: str, rest: str) -> str:
        return "OK" if PASSWORD in rest else "NO [AUTHENTICATIONFAILED]"

    def _select(self, handler: "_Handler", _tag: str, _rest: str) -> None:
        handler.say(f"* {len(self.mails)} EXISTS")
        handler.say(f"* OK [UIDVALIDITY {self.validity}] ok")
        handler.say(f"* OK [UIDNEXT {self._next}] ok")

    def _idle(self, handler: "_Handler", tag: str, _rest: str) -> str:
        self._idling[handler] = tag
        handler.say("+ idling")
        return ""

    def done(self, handler: "_Handler") -> None:
        with self.changed:
            tag = self._idling.pop(handler, None)
        if tag is not None:
            handler.say(f"{tag} OK IDLE terminated")

    def _uid_search(self, handler: "_Handler", _tag: str, rest: str) -> None:
        uids = sorted(self.mails)
        if later := re.search(r"UID (\d+):\*", rest):
            uids = [uid for uid in uids if uid >= int(later[1])] or uids[-1:]
        if "UNSEEN" in rest:
            uids = [uid for uid in uids if uid not in self.seen]
        handler.say(" ".join(["* SEARCH", *map(str, uids)]))

    def _uid_fetch(self, handler: "_Handler", _tag: str, rest: str) -> None:
        uid = int(rest.split(maxsplit=1)[0])
        mail = self.mails.get(uid)
        if mail is None:
            return
        if "RFC822.SIZE" in rest:
            handler.say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(mail)})")
            return
        part = re.search(r"<0\.(\d+)>", rest)
        sent = mail[: int(part[1])] if part else mail
        handler.say(f"* {uid} FETCH (UID {uid} BODY[] {{{len(sent)}}}")
        handler.write(sent + b")\r\n")
        if "PEEK" not in rest:
            self.seen.add(uid)

    def _uid_store(self, _handler: "_Handler", _tag: str, rest: str) -> None:
        self.seen.add(int(rest.split(maxsplit=1)[0]))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    imap: FakeImap

    def handle_error(self, *_: object) -> None:
        """A client that has gone away is no event."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def say(self, line: str) -> None:
        self.write(f"{line}\r\n".encode())

    def write(self, content: bytes) -> None:
        self.wfile.write(content)

    def handle(self) -> None:
        imap = self.server.imap
        self.say(f"* OK [CAPABILITY {imap.capabilities}] ready")
        try:
            while line := self.rfile.readline().decode().strip():
                if not self._obey(imap, line):
                    return
        finally:
            imap.done(self)

    def _obey(self, imap: FakeImap, line: str) -> bool:
        if line.upper() == "DONE":
            imap.done(self)
            return True
        tag, _, told = line.partition(" ")
        command, _, rest = told.partition(" ")
        if command.upper() == "UID":
            more, _, rest = rest.partition(" ")
            command = f"UID {more}"
        if command.upper() in imap.cuts:
            imap.cuts.remove(command.upper())
            return False
        if command.upper() == "LOGOUT":
            self.say("* BYE bye")
        if verdict := imap.answer(self, tag, command.upper(), rest):
            self.say(f"{tag} {verdict} {command} completed")
        return True
