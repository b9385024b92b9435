"""Sends a mail by SMTP. What is told apart is whether it can have left."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from handoff.channel.mailbox.settings import MailboxSettings
from handoff.channel.outgoing import (
    DeliveryError,
    PermanentFailure,
    TemporaryFailure,
    TokenRefused,
    UnknownOutcome,
    Unreachable,
)

NOBODY = (550, 551, 553, 556)  # codes of RFC 5321 and 7504 for addresses that do not receive


class Post:
    """One connection per mail: desks send few, and a stale connection is one more unknown."""

    def __init__(self, settings: MailboxSettings, *, answer_within: float = 20.0) -> None:
        self._settings = settings
        self._answer_within = answer_within  # seconds, for the whole of a mail

    async def send(self, mail: EmailMessage, recipient: str) -> None:
        """Returns when the server has taken it."""
        content = mail.as_bytes()
        has_left = False
        try:
            async with asyncio.timeout(self._answer_within), self._connected() as client:
                await client.mail(self._settings.address)
                await client.rcpt(recipient)
                has_left = True
                await client.data(content)
        except (SMTPException, OSError, TimeoutError) as error:
            raise failure(error, has_left=has_left) from None  # servers quote addresses
        except ValueError:
            raise PermanentFailure("il messaggio non si può scrivere come posta") from None

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiosmtplib.SMTP]:
        client = self._client()
        await client.connect()
        try:
            yield client
            with suppress(SMTPException, OSError, TimeoutError):  # it has been taken
                await client.quit()
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        security = self._settings.smtp_security
        return aiosmtplib.SMTP(
            hostname=self._settings.smtp_host,
            port=self._settings.smtp_port,
            username=self._settings.login,
            password=self._settings.password.get_secret_value(),
            use_tls=security == "tls",
            start_tls=security == "starttls",
            tls_context=None if security == "none" else ssl.create_default_context(),
            local_hostname=self._settings.domain,
            timeout=self._answer_within,
        )

    async def trouble(self) -> str | None:
        try:
            async with asyncio.timeout(self._answer_within), self._connected():
                return None
        except SMTPAuthenticationError:
            return "il server di posta in uscita rifiuta le credenziali"
        except (SMTPException, OSError, TimeoutError, ValueError):
            return "il server di posta in uscita non risponde"


LATER, REFUSED = 4, 5  # first digits of an answer: RFC 5321, 4.2.1


def failure(error: Exception, *, has_left: bool) -> DeliveryError:
    match error:
        case SMTPAuthenticationError(code=code) if code // 100 == REFUSED:
            return TokenRefused("il server di posta rifiuta le credenziali")
        case SMTPResponseException(code=code):
            return _answered(code, is_about_recipient=isinstance(error, SMTPRecipientRefused))
    if has_left:
        return UnknownOutcome(f"il server di posta non ha confermato ({type(error).__name__})")
    return TemporaryFailure(f"il server di posta non risponde ({type(error).__name__})")


def _answered(code: int, *, is_about_recipient: bool) -> DeliveryError:
    if code // 100 == LATER:
        return TemporaryFailure(f"il server di posta chiede di riprovare ({code})")
    if code // 100 != REFUSED:
        return UnknownOutcome(f"il server di posta ha risposto in modo inatteso ({code})")
    if is_about_recipient and code in NOBODY:
        return Unreachable(f"la casella del destinatario non riceve ({code})")
    return PermanentFailure(f"il server di posta rifiuta il messaggio ({code})")
