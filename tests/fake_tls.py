"""An IMAP server with a certificate that nobody vouches for; it tells what it was told."""

import socket
import ssl
import subprocess
import threading
from pathlib import Path
from typing import Self


def certificate(folder: Path) -> tuple[Path, Path]:
    """A new one for localhost, signed by itself, and its key.

    By `openssl`, which comes with PostgreSQL: without it the test fails rather than hides.
    """
    made, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", made),
        ],
        check=True,
        capture_output=True,
    )
    return made, key


class FakeTls:
    """Serves one connection; it lets nobody in."""

    def __init__(self, made: Path, key: Path, *, starttls: bool) -> None:
        self.heard = b""  # behind the encryption
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(made, key)
        self._starttls = starttls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        self._socket.settimeout(10)
        plain, _ = self._socket.accept()
        with plain:
            if self._starttls:
                self._agree(plain)
            try:
                with self._context.wrap_socket(plain, server_side=True) as sealed:
                    if not self._starttls:
                        sealed.sendall(b"* OK\r\n")
                    self._converse(sealed)
            except OSError:  # the other side would not go on
                return

    def _converse(self, sealed: ssl.SSLSocket) -> None:
        while told := sealed.recv(1000):
            self.heard += told
            tag, _, command = told.partition(b" ")
            knows = command.startswith(b"CAPABILITY")
            answer = b"* CAPABILITY IMAP4rev1\r\n%s OK done\r\n" if knows else b"%s NO no\r\n"
            sealed.sendall(answer % tag)

    def _agree(self, plain: socket.socket) -> None:
        plain.sendall(b"* OK\r\n")
        for told in (b"* CAPABILITY IMAP4rev1 STARTTLS\r\n", b""):
            tag = plain.recv(1000).partition(b" ")[0]
            plain.sendall(told + tag + b" OK done\r\n")
