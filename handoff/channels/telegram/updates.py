"""Reads what Telegram sends: private messages and button presses become `Inbound`.

Our own models instead of python-telegram-bot's: they ask for nothing that we do not use, so a
field that Telegram adds or drops cannot make a citizen's message unreadable.
"""

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from handoff.channel import Inbound

WANTED = ["message", "edited_message", "callback_query"]
CHANNEL = "telegram"
# Telegram's own Start button sends this; what follows comes from a link that anybody can make
START = re.compile(r"/start(@\w+)?( [\w-]{1,64})?", re.ASCII)
# What a citizen can send besides text. The first that is there names the message: an animation
# comes with a document too, a venue with a location. Pins, wallpapers and the like are no message.
KINDS = (
    *("animation", "audio", "checklist", "contact", "dice", "document", "game", "gift"),
    *("invoice", "venue", "location", "paid_media", "photo", "poll", "sticker", "story"),
    *("video", "video_note", "voice"),
)


class Unreadable(ValueError):
    """Not an update, or not of the shape that Telegram documents."""


def _clean(value: object) -> object:
    """JSON can carry NUL and halves of surrogate pairs, which no database takes."""
    if not isinstance(value, str):
        return value
    return value.replace("\x00", "").encode("utf-8", "replace").decode()


Text = Annotated[str, BeforeValidator(_clean)]


class Chat(BaseModel):
    id: int
    type: str


class Person(BaseModel):
    is_bot: bool = False
    first_name: Text = ""
    last_name: Text = ""

    @property
    def name(self) -> str | None:
        return f"{self.first_name} {self.last_name}".strip()[:200] or None


class Message(BaseModel):
    model_config = ConfigDict(extra="allow")

    message_id: int
    chat: Chat
    sender: Person = Field(default=Person(), alias="from")
    text: Text = ""
    caption: Text = ""

    @property
    def kind(self) -> str | None:
        extra: dict[str, Any] = self.model_extra or {}
        return next((kind for kind in KINDS if kind in extra), None)


class Query(BaseModel):
    id: str
    sender: Person = Field(alias="from")
    message: Message | None = None  # absent under keyboards of inline mode, which we never send
    data: Text = ""


class Update(BaseModel):
    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: Query | None = None


def read(raw: object) -> Update:
    try:
        return Update.model_validate(raw)
    except ValidationError:  # not chained: it quotes what the citizen wrote
        raise Unreadable("not an update that we can read") from None


def id_of(raw: object) -> int:
    match raw:
        case {"update_id": int(update_id)}:
            return update_id
    raise Unreadable("no update_id")


def inbound(update: Update) -> Inbound | None:
    """None for everything that is not ours to answer: groups, channels, other bots."""
    if update.callback_query is not None:
        return _pressed(update.update_id, update.callback_query)
    message = update.message or update.edited_message
    if message is None or not _is_private(message.chat) or message.sender.is_bot:
        return None
    if not (message.text or message.caption) and (message.kind is None or not update.message):
        return None  # a live location is edited every few seconds, without a word
    return _heard(update.update_id, message)


def _heard(update_id: int, message: Message) -> Inbound:
    """An edited message is heard as a new one: the change may be what matters most."""
    is_start = START.fullmatch(message.text) is not None
    return Inbound(
        channel=CHANNEL,
        external_id=_external_id(update_id, message),
        address=str(message.chat.id),
        text="" if is_start else message.text or message.caption,
        payload="saluto" if is_start else None,
        name=message.sender.name,
        unsupported=message.kind,
    )


def _pressed(update_id: int, query: Query) -> Inbound | None:
    if query.message is None or not _is_private(query.message.chat) or not query.data:
        return None
    return Inbound(
        channel=CHANNEL,
        external_id=_external_id(update_id, query.message),
        address=str(query.message.chat.id),
        payload=query.data,
        name=query.sender.name,
    )


def _external_id(update_id: int, message: Message) -> str:
    """Chat and message belong to it: after a quiet week update ids begin anew, at random."""
    return f"{update_id}:{message.chat.id}:{message.message_id}"


def _is_private(chat: Chat) -> bool:
    return chat.type == "private"
