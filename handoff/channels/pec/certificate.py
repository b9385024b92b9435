"""daticert.xml: what the provider certifies. Its DTD is in RFC 6109, 4.4."""

from dataclasses import dataclass
from email.message import Message

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from handoff.channel.mailbox import letter
from handoff.channel.mailbox.charsets import clean

LARGEST = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Certificate:
    kind: str = ""
    error: str = ""
    sender: str = ""
    identifier: str = ""  # how the message is called on its way: answers name it
    about: str = ""  # Message-ID as its sender chose it
    recipient: str = ""
    details: str = ""


def read(leaves: list[Message]) -> Certificate:
    """An empty one when there is none, or none that can be read."""
    for part in leaves:
        if (part.get_filename() or "").lower() == "daticert.xml":
            return _parse(letter.content_of(part)[:LARGEST])
    return Certificate()


def _parse(content: bytes) -> Certificate:
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError):
        return Certificate()

    def text(path: str) -> str:
        return clean(root.findtext(path) or "").strip()[:500]

    return Certificate(
        kind=root.get("tipo", ""),
        error=root.get("errore", ""),
        sender=text("intestazione/mittente").lower(),
        identifier=text("dati/identificativo").strip("<>"),
        about=text("dati/msgid"),
        recipient=text("dati/consegna").lower(),
        details=text("dati/errore-esteso"),
    )
