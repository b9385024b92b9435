"""Reads what Telegram sends: private messages and button presses become `Inbound`.

Our own models instead of python-telegram-bot's: they ask for nothing that we do not use, so a
field that Telegram adds or drops cannot make a citizen's message unreadable.
"""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from handoff.channel import Event, Inbound, Oddity, Reach
from handoff.channel.moments import by_unix
from handoff.channel.webhook import clean
from handoff.channels.telegram.files import files_of

WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]
# Known, and nothing to answer or to keep: posts of channels, thumbs up
NOT_FOR_US = {
    *("channel_post", "edited_channel_post", "message_reaction", "message_reaction_count"),
    *("poll", "poll_answer", "chat_member", "chat_join_request", "chat_boost"),
}
CHANNEL = "telegram"
RENEWED_AFTER = timedelta(days=7)  # without updates: "the next update will be chosen randomly"
# Telegram's own Start button sends this; what follows comes from a link that anybody can make
START = re.compile(r"/start(?:@\w+)?(?: (?P<brought>[\w-]{1,64}))?", re.ASCII)
JOIN = "collega_"  # before a code: as good as typing the command, and as little to be trusted
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
    return clean(value) if isinstance(value, str) else value


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
    media_group_id: Text = ""
    date: object = None  # seconds
    edit_date: object = None

    @property
    def content(self) -> dict[str, Any]:
        return self.model_extra or {}

    @property
    def kind(self) -> str | None:
        return next((kind for kind in KINDS if kind in self.content), None)


class Query(BaseModel):
    id: str
    sender: Person = Field(alias="from")
    message: Message | None = None  # absent under keyboards of inline mode, which we never send
    data: Text = ""


class Member(BaseModel):
    status: Text = ""


class Membership(BaseModel):
    chat: Chat
    new_chat_member: Member = Member()


class Update(BaseModel):
    model_config = ConfigDict(extra="allow")

    update_id: int
    my_chat_member: Membership | None = None
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


def event(update: Update) -> Event | None:
    """None for everything that is not ours to answer: groups, channels, other bots."""
    if update.my_chat_member is not None:
        return _let_in_or_blocked(update.my_chat_member)
    if unknown := sorted((update.model_extra or {}).keys() - NOT_FOR_US):
        return _odd(update, unknown[0])
    return inbound(update)


def _let_in_or_blocked(change: Membership) -> Reach | None:
    """In a private chat Telegram tells only of blocking and unblocking."""
    if not _is_private(change.chat):
        return None
    reachable = change.new_chat_member.status != "kicked"
    return Reach(channel=CHANNEL, address=str(change.chat.id), reachable=reachable)


def _odd(update: Update, kind: str) -> Oddity:
    return Oddity(
        channel=CHANNEL,
        external_id=str(update.update_id),
        kind=clean(kind)[:64],
        body=clean(update.model_dump_json(exclude_none=True, by_alias=True)),
    )


def inbound(update: Update) -> Inbound | None:
    if update.callback_query is not None:
        return _pressed(update.update_id, update.callback_query)
    message = update.message or update.edited_message
    if message is None or not _is_private(message.chat) or message.sender.is_bot:
        return None
    if not (message.text or message.caption) and (message.kind is None or not update.message):
        return None  # a live location is edited every few seconds, without a word
    return _heard(update.update_id, message, update_is_edit=update.message is None)


def _heard(update_id: int, message: Message, *, update_is_edit: bool) -> Inbound:
    """An edited message is heard as a new one: the change may be what matters most.

    Telegram names the message that was edited, but not the update that brought it to us.
    """
    start = START.fullmatch(message.text)
    brought = (start["brought"] or "") if start else ""
    joins = brought.startswith(JOIN)
    files = files_of(message.content)
    return Inbound(
        channel=CHANNEL,
        external_id=_external_id(update_id, message),
        address=str(message.chat.id),
        text=_text(message, brought) if joins or not start else "",
        payload="saluto" if start and not joins else None,
        name=message.sender.name,
        unsupported=None if files else message.kind,
        attachments=files,
        group=message.media_group_id or None,
        particulars={"edited": "1"} if update_is_edit else {},
        written_at=by_unix(message.edit_date if update_is_edit else message.date),
    )


def _text(message: Message, brought: str) -> str:
    return brought.replace("_", " ", 1) if brought else message.text or message.caption


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
