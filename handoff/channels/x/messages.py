"""Reads one direct message: a citizen's becomes `Inbound`, one from our account `Echo`.

The fields: https://developer.x.com/en/docs/direct-messages (message create object).
"""

import mimetypes
import re
from typing import Any

from handoff.channel import Attachment, Echo, Event, Inbound
from handoff.channel.moments import by_unix
from handoff.channel.webhook import clean

CHANNEL = "x"
# the three names at the end of where X keeps a picture
PICTURE = re.compile(
    r"https://ton\.(?:twitter|x)\.com/(?:1\.1|i)/ton/data/dm/(\d{1,20}/\d{1,20}/[\w-]{1,80}\.\w{1,5})",
    re.ASCII,
)


class Unreadable(ValueError):
    """Not of the shape that X documents."""


class NotOurs(Unreadable):
    """Between others, or about another account of the same app."""


def message(raw: dict[str, Any], users: dict[str, Any], account: str) -> Event:
    """One entry of `direct_message_events`."""
    create = inner(raw, "message_create")
    sender = number(create.get("sender_id"))
    recipient = number(inner(create, "target").get("recipient_id"))
    data = inner(create, "message_data")
    if sender == account:
        return Echo(
            channel=CHANNEL, external_id=number(raw.get("id")), address=recipient, text=_text(data)
        )
    if recipient != account:
        raise NotOurs("of others")
    return Inbound(
        channel=CHANNEL,
        external_id=number(raw.get("id")),
        address=sender,
        text=_text(data),
        name=name_of(users, sender),
        written_at=by_unix(raw.get("created_timestamp"), per_second=1000),
        **_enclosed(inner(data, "attachment")),
    )


def name_of(users: dict[str, Any], number: str) -> str | None:
    """Both shapes: the older API puts the user there, the newer one wraps it into `data`."""
    user = inner(users, number)
    return clean((inner(user, "data") or user).get("name"))[:200] or None


def _text(data: dict[str, Any]) -> str:
    """With the links that were written, not X's shortened ones; without that of a picture."""
    text = clean(data.get("text"))
    for link in listed(inner(data, "entities").get("urls")):
        short, long = clean(link.get("url")), clean(link.get("expanded_url"))
        if short and long:
            text = text.replace(short, long)
    media = inner(inner(data, "attachment"), "media")
    for address in (media.get("url"), media.get("expanded_url")):
        text = text.rstrip().removesuffix(clean(address))
    return text.rstrip()


def _enclosed(attachment: dict[str, Any]) -> dict[str, Any]:
    """A picture can be fetched; of a film X gives but a still, of the rest nothing."""
    if not attachment:
        return {}
    media = inner(attachment, "media")
    kind = clean(media.get("type") or attachment.get("type"))
    place = PICTURE.fullmatch(clean(media.get("media_url_https") or media.get("media_url")))
    if kind != "photo" or place is None:
        known = {"photo", "video", "animated_gif", "location"}
        return {"unsupported": kind if kind in known else "attachment"}
    file = place[1].rpartition("/")[2]
    return {
        "attachments": (
            Attachment(
                kind="image",
                name=file,
                media_type=mimetypes.guess_type(file)[0] or "",
                reference=place[1],
            ),
        )
    }


def inner(raw: dict[str, Any], name: str) -> dict[str, Any]:
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[dict[str, Any]]:
    """The objects of a list that should hold objects."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def number(value: object) -> str:
    """X's ids are numbers, written as strings because JavaScript cannot hold them."""
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,20}", text, re.ASCII):
        raise Unreadable("not a number")
    return text
