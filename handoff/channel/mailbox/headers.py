"""A mail's headers as people read them: encoded words, raw bytes of any charset, folded lines."""

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parseaddr

from handoff.channel.mailbox.charsets import clean, decode

LONGEST = 10_000  # characters of one header that are looked at
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
ADDRESS = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@[^\s@<>\"(),:;\\]{1,190}")


def raw(mail: Message, name: str) -> str:
    """The first header of that name, unfolded; what is not ASCII is guessed, not refused."""
    found = next((str(v) for n, v in mail.raw_items() if n.lower() == name.lower()), "")
    told = re.sub(r"[\r\n]+[ \t]*", " ", found[:LONGEST])
    return decode(told.encode("utf-8", "surrogateescape")).strip()


def words(text: str) -> str:
    """Encoded words read."""
    try:
        pieces = decode_header(text)
    except HeaderParseError:
        return text
    return clean("".join(p if isinstance(p, str) else decode(p, c or "") for p, c in pieces))


def subject(mail: Message) -> str:
    return " ".join(words(raw(mail, "Subject")).split())[:500]


def sender(mail: Message, name: str = "From") -> tuple[str | None, str | None]:
    """Name and address. The address is read before the words: a name cannot pose as one."""
    title, address = parseaddr(raw(mail, name))
    is_address = ADDRESS.fullmatch(address) is not None
    title = " ".join(words(title).split())[:200]
    return title or None, address.lower() if is_address else None


def addresses(mail: Message, *names: str) -> list[str]:
    found = getaddresses([str(v) for n, v in mail.raw_items() if n.lower() in names])
    return [address.lower() for _, address in found if ADDRESS.fullmatch(address)]


def message_ids(mail: Message, name: str) -> list[str]:
    return MESSAGE_ID.findall(raw(mail, name))


def ancestors(mail: Message) -> tuple[str, ...]:
    """What it answers, the nearest first."""
    found = message_ids(mail, "In-Reply-To") + message_ids(mail, "References")[::-1]
    return tuple(dict.fromkeys(found))[:20]


def lineage(mail: Message) -> str:
    """What the References of an answer must begin with (RFC 5322, 3.6.4)."""
    found = message_ids(mail, "References") or message_ids(mail, "In-Reply-To")[:1]
    return " ".join(found[-10:])
