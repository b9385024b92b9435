"""Reads one message of a citizen: https://developers.facebook.com/documentation/
business-messaging/whatsapp/webhooks/reference/messages."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from handoff.channel import Attachment, Event, Inbound, Withdrawn
from handoff.channel.moments import by_unix
from handoff.channel.webhook import clean

CHANNEL = "whatsapp"
FILES: dict[str, Literal["image", "audio", "video", "file"]] = {
    "image": "image",
    "audio": "audio",
    "video": "video",
    "document": "file",
}
LONGEST_ID = 250  # characters
# nothing said: a thumb under a message; a chat opened for the first time
SILENT = ("reaction", "request_welcome")


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote, as a batch's `contacts` and the message itself tell it.

    The address is the business-scoped user id (BSUID), which Meta has sent with every message
    since April 2026. The phone number comes and goes: it is left out when the citizen has a
    username and has not been in touch for 30 days, so that by number one citizen would become
    two. Only where there is no BSUID the number is the address. A citizen who changes number
    gets a new BSUID, and is rightly a stranger: the old number may be somebody else's by now.
    """

    user_id: str
    phone: str
    name: str | None

    @property
    def address(self) -> str:
        return self.user_id or self.phone


def writer(message: dict[str, Any], contacts: list[dict[str, Any]]) -> Writer:
    user_id, phone = clean(message.get("from_user_id")), clean(message.get("from"))
    contact = _contact(user_id, phone, contacts)
    profile = contact.get("profile")
    name = clean(profile.get("name")).strip() if isinstance(profile, dict) else ""
    return Writer(user_id or clean(contact.get("user_id")), phone, name[:200] or None)


def _contact(user_id: str, phone: str, contacts: list[dict[str, Any]]) -> dict[str, Any]:
    for contact in contacts:
        if (user_id and contact.get("user_id") == user_id) or (
            phone and contact.get("wa_id") == phone
        ):
            return contact
    # an id that no contact has: only where it names nobody can the one contact be meant
    return contacts[0] if len(contacts) == 1 and not (user_id or phone) else {}


def read(message: dict[str, Any], contacts: list[dict[str, Any]]) -> Event | None:
    """None when nothing was said. ValueError, KeyError or TypeError when it makes no sense."""
    kind = _text(message["type"])
    if kind in SILENT:
        return None
    if kind == "revoke":
        return Withdrawn(
            channel=CHANNEL, external_id=_text(message["revoke"]["original_message_id"])
        )
    who = writer(message, contacts)
    return _inbound(message, who, _text(message["id"]), _text(who.address))


def _inbound(message: dict[str, Any], who: Writer, external_id: str, address: str) -> Inbound:
    content, edited = message, None
    if message["type"] == "edit":
        content = message["edit"]["message"]
        edited = _text(message["edit"]["original_message_id"])
    return Inbound(
        channel=CHANNEL,
        external_id=external_id,
        address=address,
        text=words(content),
        payload=_payload(content),
        name=who.name,
        unsupported=_unsupported(content),
        attachments=_attachments(content),
        edits=edited,
        answers_to=_answers_to(message),
        particulars={"phone": who.phone} if who.phone and who.user_id else {},
        written_at=by_unix(message.get("timestamp")),
    )


def words(content: dict[str, Any]) -> str:
    """What a person typed: a text, a caption, the words of a template's button.

    That button carries no payload of ours: without one WhatsApp repeats its words.
    """
    kind = _text(content["type"])
    body = content.get(kind)
    if kind == "text":
        return clean(content["text"]["body"])
    if kind == "button":
        return clean(content["button"].get("text"))
    return clean(body.get("caption")) if isinstance(body, dict) else ""


def _payload(content: dict[str, Any]) -> str | None:
    """The id of a reply button or of a list's row: we gave it."""
    if content["type"] != "interactive":
        return None
    pressed = content["interactive"]
    kind = pressed["type"]
    return _text(pressed[kind]["id"]) if kind in ("button_reply", "list_reply") else None


def _unsupported(content: dict[str, Any]) -> str | None:
    kind = content["type"]
    if kind in ("text", "button", *FILES) or _payload(content) is not None:
        return None
    return re.sub(r"\W", "", kind)[:40] or "unknown"


def _attachments(content: dict[str, Any]) -> tuple[Attachment, ...]:
    kind = content["type"]
    if kind not in FILES:
        return ()
    body = content[kind]
    return (
        Attachment(
            kind=FILES[kind],
            name=clean(body.get("filename")),
            media_type=clean(body.get("mime_type")),
            reference=_text(body["id"]),
        ),
    )


def _answers_to(message: dict[str, Any]) -> tuple[str, ...]:
    context = message.get("context")
    quoted = clean(context.get("id")) if isinstance(context, dict) else ""
    return (quoted,) if quoted and message["type"] != "edit" else ()


def _text(value: object) -> str:
    """A short text that must be there: what no column holds would fail the whole post for ever."""
    if (text := clean(value)) and len(text) <= LONGEST_ID:
        return text
    raise ValueError("empty, too long, or no text")
