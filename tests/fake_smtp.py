"""An SMTP server on loopback that takes mail, or refuses as it is told."""

import logging
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of a name of its own
DROP = "drop"  # the connection ends instead of an answer


class FakeSmtp:
    """`answers` by command: what the next one is told instead of 250. `mails` are those taken."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self._controller = _Controller(
            self,
            hostname="127.0.0.1",
            port=0,
            ready_timeout=60,
            authenticator=lambda *_: AuthResult(success=True),
            auth_require_tls=False,
        )

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_MAIL(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        answer = self.answers.get("RCPT", "250 OK")
        if answer == DROP:
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        answer = self.answers.get("DATA", "250 2.0.0 queued")
        if answer[0] in f"2{DROP[0]}":
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        if answer == DROP:
            server.transport.abort()
        return answer


class _Controller(Controller):
    def _trigger_server(self) -> None:
        """The system chose the port."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
