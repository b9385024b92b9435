"""A mail as we read it. Every way of being broken is expected; what it costs is capped."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from typing import Literal

from handoff.channel.events import Attachment, Oddity
from handoff.channel.mailbox import headers
from handoff.channel.mailbox.charsets import decode
from handoff.channel.mailbox.headers import words as read_words
from handoff.channel.mailbox.plain import words
from handoff.channel.mailbox.quotes import unquoted

MOST_PARTS = 200
DEEPEST = 20
MOST_ATTACHMENTS = 20
MOST_TEXT = 500_000  # bytes of one part
ODDITY = 60_000  # bytes
Kind = Literal["image", "audio", "video", "file"]
KINDS: dict[str, Kind] = {"image": "image", "audio": "audio", "video": "video"}


class Unreadable(ValueError):
    """Not a mail that we can make sense of; its text is one word."""


@dataclass(frozen=True, slots=True)
class Raw:
    """As it lies in the mailbox: `is_cut` when only its beginning was fetched."""

    content: bytes
    size: int
    is_cut: bool = False


def parse(content: bytes) -> Message:
    # compat32 reads what the newer policies refuse; our own code gives the headers sense
    return message_from_bytes(content, policy=policy.compat32)


def identity(mail: Message, content: bytes) -> str:
    """Its Message-ID; without one, a hash, which survives a new UIDVALIDITY."""
    found = headers.message_ids(mail, "Message-ID")
    return found[0] if found else "sha256:" + hashlib.sha256(content).hexdigest()[:40]


def oddity(channel: str, kind: str, content: bytes) -> Oddity:
    return Oddity(
        channel=channel,
        external_id="sha256:" + hashlib.sha256(content).hexdigest()[:40],
        kind=kind,
        body=decode(content[:ODDITY]).encode()[:ODDITY].decode(errors="ignore"),
    )


def parts(mail: Message, depth: int = 0) -> Iterator[Message]:
    """The leaves, forwarded mails among them: what is inside those is not ours to take apart."""
    inside = mail.get_payload()
    if mail.get_content_maintype() != "multipart" or not isinstance(inside, list):
        yield mail
        return
    if depth >= DEEPEST:
        raise Unreadable("annidata")
    for part in inside:
        if isinstance(part, Message):
            yield from parts(part, depth + 1)


def counted(mail: Message) -> list[Message]:
    found = []
    for part in parts(mail):
        found.append(part)
        if len(found) > MOST_PARTS:
            raise Unreadable("parti")
    return found


def is_attached(part: Message) -> bool:
    if part.get_content_disposition() == "attachment" or part.get_filename():
        return True
    if part.get_content_maintype() == "multipart":
        return False  # its boundary is missing: all that is left is text
    return part.get_content_type() not in ("text/plain", "text/html")


def content_of(part: Message) -> bytes:
    """Decoded bytes; of a forwarded mail, the mail itself."""
    inside = part.get_payload()
    if part.get_content_maintype() == "message" and isinstance(inside, list):
        return b"\n".join(one.as_bytes() for one in inside if isinstance(one, Message))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def written(mail: Message) -> str:
    """All that the mail says, quotations included."""
    return "\n\n".join(text for text in _texts(mail) if text.strip()).strip()


def _texts(part: Message) -> list[str]:
    inside = part.get_payload()
    if part.get_content_maintype() == "multipart" and isinstance(inside, list):
        branches = [(one, _texts(one)) for one in inside if isinstance(one, Message)]
        if part.get_content_subtype() == "alternative":
            return _preferred(branches)
        return [text for _, texts in branches for text in texts]
    if is_attached(part):
        return []
    content = content_of(part)[:MOST_TEXT]
    text = decode(content, str(part.get_param("charset") or ""))
    return [words(text) if part.get_content_subtype() == "html" else text]


def _preferred(branches: list[tuple[Message, list[str]]]) -> list[str]:
    """Plain words before those of a page, but never nothing."""
    spoken = [(part, texts) for part, texts in branches if "".join(texts).strip()]
    plain = [texts for part, texts in spoken if part.get_content_type() == "text/plain"]
    return next(iter(plain or [texts for _, texts in spoken]), [])


def new_words(mail: Message) -> str:
    return unquoted(written(mail))


def attachments(leaves: list[Message]) -> tuple[Attachment, ...]:
    return tuple(_attachment(part) for part in leaves if is_attached(part))[:MOST_ATTACHMENTS]


def _attachment(part: Message) -> Attachment:
    content = content_of(part)
    is_mail = part.get_content_maintype() == "message"
    return Attachment(
        kind=KINDS.get(part.get_content_maintype(), "file"),
        name=read_words(str(part.get_filename() or ""))[:255]
        or ("messaggio.eml" if is_mail else ""),
        media_type=part.get_content_type(),
        size=len(content),
        content=content,
    )
