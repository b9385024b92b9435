"""Ids that we signed: a mail names a conversation, or a message of ours, only if we wrote it."""

import base64
import hashlib
import hmac
import re

SEAL = r"[a-z2-7]{16}"
ADDRESS = re.compile(rf"\+t\.([0-9a-z-]{{1,36}})\.({SEAL})@", re.I | re.A)
SUBJECT = re.compile(rf"\[#([0-9a-z-]{{1,36}})\.({SEAL})\]", re.I | re.A)
MESSAGE = re.compile(rf"<?sportello\.([0-9a-z-]{{1,64}})\.({SEAL})(?=[@>\s]|$)", re.I | re.A)


class Tokens:
    """A different use has a different seal: a subject's token is no message's."""

    def __init__(self, secret: str, address: str) -> None:
        self._secret = secret.encode()
        self._local, _, self._domain = address.partition("@")

    def message_id(self, key: str) -> str:
        """The same for the same message, however often it is sent."""
        return f"<sportello.{key}.{self._seal('message', key)}@{self._domain}>"

    def plus_address(self, conversation: str) -> str:
        seal = self._seal("conversation", conversation)
        return f"{self._local}+t.{conversation}.{seal}@{self._domain}"

    def subject_mark(self, conversation: str) -> str:
        return f"[#{conversation}.{self._seal('conversation', conversation)}]"

    def key_of(self, message_id: str) -> str | None:
        """Ours by the local part alone: some PEC providers rewrite the domain."""
        return self._genuine("message", MESSAGE, message_id)

    def conversation_in(self, recipients: str, subject: str) -> str | None:
        return self._genuine("conversation", ADDRESS, recipients) or self._genuine(
            "conversation", SUBJECT, subject
        )

    def _genuine(self, use: str, form: re.Pattern[str], text: str) -> str | None:
        for found in form.finditer(text[:10_000]):
            token, seal = (part.lower() for part in found.groups())
            if hmac.compare_digest(seal, self._seal(use, token)):
                return token
        return None

    def _seal(self, use: str, token: str) -> str:
        told = f"{use}:{token.lower()}".encode()
        digest = hmac.new(self._secret, told, hashlib.sha256).digest()[:10]
        return base64.b32encode(digest).decode().lower()
