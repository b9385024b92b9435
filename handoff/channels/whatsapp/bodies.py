"""What we want said, as WhatsApp wants it: in as few messages as may be.

To one citizen WhatsApp lets one message through in six seconds: text and buttons go together.
Limits: https://developers.facebook.com/documentation/business-messaging/whatsapp/messages
"""

import re
from dataclasses import dataclass
from typing import Any

from handoff.channel import Button, File, Outbound, Template
from handoff.channel.parts import split

LONGEST = 4096  # characters of a text
WITH_BUTTONS = 1024  # characters of a text that has buttons
CAPTION = 1024
BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
ROWS, ROW_TITLE, ROW_DESCRIPTION, ROW_ID = 10, 24, 72, 200
OPENS_LIST = "Scelga"
USER_ID = re.compile(r"[A-Z]{2}\.[\w.]+")  # a BSUID: country, dot, letters and digits

PICTURES = ("image/jpeg", "image/png")
VIDEOS = ("video/mp4", "video/3gpp")
LARGEST = {"image": 5, "video": 16, "audio": 16, "document": 100}  # megabytes
SOUNDS = ("audio/aac", "audio/amr", "audio/mp4", "audio/mpeg", "audio/ogg")

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """One message of WhatsApp's; its file, if it has one, is uploaded before."""

    body: Body
    file: File | None = None

    @property
    def words(self) -> str:
        """What is read there: a template's are the provider's."""
        said = self.body[self.body["type"]]
        words = said.get("body") or said.get("caption") or ""
        return str(words["text"] if isinstance(words, dict) else words)


def pieces(message: Outbound) -> list[Piece]:
    made = [Piece(_template(message.template))] if message.template else _free(message)
    head = {"messaging_product": "whatsapp", "recipient_type": "individual", **_to(message)}
    for piece in made:
        piece.body.update(head, biz_opaque_callback_data=message.key)
    return made


def _to(message: Outbound) -> Body:
    """To a BSUID or to a number; each has a field of its own."""
    is_user_id = USER_ID.fullmatch(message.address)
    return {"recipient" if is_user_id else "to": message.address}


def _free(message: Outbound) -> list[Piece]:
    files = [Piece(_file(file), file) for file in message.files]
    if files and not message.buttons and _takes_caption(files[0], message.text):
        first = files[0].body
        first[first["type"]].update({"caption": message.text} if message.text else {})
        return files
    return [Piece(body) for body in _texts(message.text, message.buttons)] + files


def _takes_caption(piece: Piece, text: str) -> bool:
    return piece.body["type"] != "audio" and len(text) <= CAPTION


def _texts(text: str, buttons: tuple[Button, ...]) -> list[Body]:
    """Parts, the buttons under the last: native ones if they fit, else numbered lines."""
    action = _reply_buttons(buttons) or _list(buttons)
    if action is None:
        numbered = "\n".join(f"{n}. {b.title}" for n, b in enumerate(buttons, 1))
        return [_text(part) for part in split(f"{text}\n\n{numbered}".strip(), LONGEST)]
    parts = split(text, LONGEST)
    if not parts:
        return []
    *before, last = [*parts[:-1], *_with_short_end(parts[-1])]
    interactive = {**action, "body": {"text": last}}
    return [*map(_text, before), {"type": "interactive", "interactive": interactive}]


def are_numbered(buttons: tuple[Button, ...]) -> bool:
    """True where neither buttons nor a list can hold them."""
    return (_reply_buttons(buttons) or _list(buttons)) is None


def _with_short_end(text: str) -> list[str]:
    """In two, the second short enough to have buttons."""
    end = split(text, WITH_BUTTONS)[-1]
    return [part for part in (text[: len(text) - len(end)].rstrip(), end) if part]


def _text(text: str) -> Body:
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _reply_buttons(buttons: tuple[Button, ...]) -> Body | None:
    titles = {button.title for button in buttons}
    fits = all(
        0 < len(button.title) <= BUTTON_TITLE and len(button.payload) <= BUTTON_ID
        for button in buttons
    )
    if not (fits and len(titles) == len(buttons) and 0 < len(buttons) <= BUTTONS):
        return None
    replies = [{"type": "reply", "reply": {"id": b.payload, "title": b.title}} for b in buttons]
    return {"type": "button", "action": {"buttons": replies}}


def _list(buttons: tuple[Button, ...]) -> Body | None:
    rows = [_row(button) for button in buttons]
    fits = all(
        0 < len(button.title) <= ROW_DESCRIPTION and len(button.payload) <= ROW_ID
        for button in buttons
    )
    titles = {row["title"] for row in rows}
    if not (fits and len(titles) == len(rows) and 0 < len(rows) <= ROWS):
        return None
    return {"type": "list", "action": {"button": OPENS_LIST, "sections": [{"rows": rows}]}}


def _row(button: Button) -> Body:
    """A title that is too long is cut, and whole in the line below it."""
    if len(button.title) <= ROW_TITLE:
        return {"id": button.payload, "title": button.title}
    short = button.title[: ROW_TITLE - 1].rstrip() + "…"
    return {"id": button.payload, "title": short, "description": button.title}


def _file(file: File) -> Body:
    kind = kind_of(file.media_type)
    return {"type": kind, kind: {"filename": file.name} if kind == "document" else {}}


def kind_of(media_type: str) -> str:
    kinds = {"image": PICTURES, "video": VIDEOS, "audio": SOUNDS}
    return next((kind for kind, types in kinds.items() if media_type in types), "document")


def is_too_large(media_type: str, size: int) -> bool:
    return size > LARGEST[kind_of(media_type)] * 1_000_000


def _template(template: Template) -> Body:
    values = [{"type": "text", "text": value} for value in template.values]
    body: Body = {"name": template.name, "language": {"code": template.language}}
    if values:
        body["components"] = [{"type": "body", "parameters": values}]
    return {"type": "template", "template": body}
