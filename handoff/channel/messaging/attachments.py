"""Which files came with a message, and which kinds of message we cannot read."""

import re
from typing import Any, Literal

import httpx

from handoff.channel import Attachment
from handoff.channel.messaging.shapes import Message
from handoff.channel.meta import objects
from handoff.channel.webhook import clean

FILES: dict[str, Literal["image", "audio", "video", "file"]] = {
    "image": "image",
    "audio": "audio",
    "video": "video",
    "file": "file",
}
PREVIEW = "fallback"  # of a link that stands in the text


def files(message: Message) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(kind=FILES[kind], name=_name(url) if kind == "file" else "", reference=url)
        for kind, url in _brought(message)
        if kind in FILES and url
    )


def unsupported(message: Message) -> str | None:
    """What else came: sticker, story_mention …; None when all of it can be read."""
    kinds = [kind for kind, url in _brought(message) if not (kind in FILES and url)]
    if message.text:
        kinds = [kind for kind in kinds if kind != PREVIEW]
    elif not kinds and not files(message):
        return "unsupported"
    return "sticker" if "sticker" in kinds else next(iter(kinds), None)


def _brought(message: Message) -> list[tuple[str, str]]:
    return [_kind_and_url(raw) for raw in objects(message.attachments)]


def _kind_and_url(raw: dict[str, Any]) -> tuple[str, str]:
    payload = raw.get("payload")
    payload = payload if isinstance(payload, dict) else {}
    kind = clean(raw.get("type"))
    # until September 2026 a sticker came as an image too
    kind = "sticker" if "sticker_id" in payload else kind
    return kind if re.fullmatch(r"[a-z_]{1,40}", kind) else "unsupported", clean(
        payload.get("url")
    )


def _name(url: str) -> str:
    """What the CDN calls a document is what the citizen called it."""
    try:
        path = httpx.URL(url).path
    except httpx.InvalidURL:
        return ""
    return clean(path.rsplit("/", 1)[-1])[:200]
