"""Meta's messaging events, of each no more than we use: what they add breaks nothing.

Facts: https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks
"""

from datetime import datetime, timezone
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from handoff.channel.moments import by_unix
from handoff.channel.webhook import clean


def _text(value: object) -> str:
    """Ids and counts come as text or as numbers."""
    return str(value) if type(value) is int else clean(value)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


Text = Annotated[str, BeforeValidator(_text)]
# what no column holds would fail for ever, and with it all that came in the same post
Id = Annotated[Text, Field(min_length=1, max_length=240)]
Several = Annotated[list[Any], BeforeValidator(_list)]


class Party(BaseModel):
    id: Id


class Parties(BaseModel):
    sender: Party
    recipient: Party
    timestamp: object = None  # thousandths of a second

    @property
    def moment(self) -> datetime | None:
        return by_unix(self.timestamp, per_second=1000)


class QuickReply(BaseModel):
    payload: Text = ""


class Original(BaseModel):
    mid: Text = ""  # absent when a story is answered


class Message(BaseModel):
    mid: Id
    text: Text = ""
    quick_reply: QuickReply = QuickReply()
    reply_to: Original = Original()
    attachments: Several = []
    metadata: Text = ""
    app_id: Text = ""
    is_echo: bool = False
    is_deleted: bool = False
    is_self: bool = False


class Postback(BaseModel):
    mid: Text = ""
    payload: Id


class Edit(BaseModel):
    mid: Id
    text: Text
    num_edit: Annotated[Text, Field(min_length=1, max_length=10)]


class Watermark(BaseModel):
    mids: Several = []  # Messenger, sometimes
    mid: Text = ""  # Instagram
    watermark: Annotated[int, Field(ge=0, le=4_000_000_000_000)] | None = None  # milliseconds

    @property
    def moment(self) -> datetime | None:
        if self.watermark is None:
            return None
        return datetime.fromtimestamp(self.watermark / 1000, timezone.utc)

    @property
    def messages(self) -> list[str]:
        named = [self.mid, *(mid for mid in self.mids if isinstance(mid, str))]
        return [clean(mid) for mid in named if mid]
