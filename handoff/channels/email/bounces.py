"""What the other side's servers report about mails of ours (RFC 3464)."""

from collections.abc import Iterator
from email.message import Message
from typing import Any

from handoff.channel import Status
from handoff.channel.mailbox import headers, letter
from handoff.channel.mailbox.tokens import Tokens

REASONS = {
    "5.1": "l'indirizzo di posta non esiste",
    "5.2": "la casella di posta non riceve",
    "5.3": "il server di posta del destinatario rifiuta il messaggio",
    "5.4": "il server di posta del destinatario non si raggiunge",
    "5.6": "il server di posta del destinatario non legge il messaggio",
    "5.7": "il server di posta del destinatario rifiuta il messaggio",
}


def read(channel: str, mail: Message, tokens: Tokens) -> list[Status]:
    """Nothing unless it is about a mail that we signed: anybody can forge a report."""
    about = _our_message(mail, tokens)
    if about is None:
        return []
    key, message_id = about
    return [
        _status(channel, key, message_id, block)
        for block in _blocks(mail) or [{"action": "failed"}]
    ]


def _status(channel: str, key: str, message_id: str, block: dict[str, str]) -> Status:
    return Status(channel=channel, external_id=message_id, key=key, **_fate(block))


def _fate(block: dict[str, str]) -> dict[str, Any]:
    code, action = block.get("status", ""), block.get("action", "failed")
    if action == "failed" and not code.startswith("4."):
        return {
            "state": "failed",
            "cause": "unreachable" if code[:3] in ("5.1", "5.2") else "refused",
            "reason": REASONS.get(code[:3], "il messaggio è tornato indietro"),
        }
    if action in ("delivered", "relayed", "expanded"):
        return {"state": "delivered" if action == "delivered" else "sent"}
    return {"state": "delayed", "reason": "il server del destinatario lo fa aspettare"}


def _our_message(mail: Message, tokens: Tokens) -> tuple[str, str] | None:
    """Our Message-ID in the mail that came back, or anywhere in what an old server wrote."""
    for text in _places(mail):
        key = tokens.key_of(text)
        if key is not None:
            return key, tokens.message_id(key)
    return None


def _places(mail: Message) -> Iterator[str]:
    yield from headers.ancestors(mail)
    for part in letter.counted(mail):
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers", "text/plain"):
            yield letter.content_of(part)[: letter.MOST_TEXT].decode("ascii", "replace")


def _blocks(mail: Message) -> list[dict[str, str]]:
    """One per recipient."""
    found = []
    for part in letter.counted(mail):
        inside = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(inside, list):
            found += [one for one in inside if isinstance(one, Message) and one.get("Action")]
    return [
        {name: headers.raw(one, name).lower() for name in ("action", "status")}
        for one in found[:10]
    ]
