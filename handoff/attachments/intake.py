"""Writes down which files came with a message, in the transaction that stores it."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.channel import Attachment
from handoff.notify import ring
from handoff.tables import Attachment as Row
from handoff.tables import AttachmentContent, Message

LONGEST_NAME = 120  # characters
LONGEST_ENDING = 10  # characters; what is longer is no ending
MOST = 20  # files of one message
HARMFUL = re.compile(r'[<>:"|?*\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]')
NAMES = {"image": "immagine", "audio": "audio", "video": "video", "file": "documento"}


async def put(
    session: AsyncSession, message: Message, channel: str, files: Sequence[Attachment]
) -> None:
    """Rows that a worker fetches and checks later; what came along is stored already."""
    if not files:
        return
    await session.flush()
    rows = [_row(message, channel, number, file) for number, file in enumerate(files[:MOST])]
    session.add_all(rows)
    await session.flush()
    for row, file in zip(rows, files, strict=False):
        if file.content is not None:
            session.add(AttachmentContent(attachment_id=row.id, content=file.content))
    message.attachments = [shown(row) for row in rows]
    ring(session, "attachments")


def _row(message: Message, channel: str, position: int, file: Attachment) -> Row:
    content = file.content
    return Row(
        message_id=message.id,
        position=position,
        channel=channel,
        kind=file.kind,
        name=safe_name(file.name) or NAMES[file.kind],
        media_type=file.media_type[:100],
        size=file.size if content is None else len(content),
        sha256=None if content is None else hashlib.sha256(content).hexdigest(),
        is_original=file.original,
        reference=file.reference,
        state="kept" if file.original else "ready",
    )


def safe_name(name: str) -> str:
    """What is left of a name once it can be no path, no control character and no trick."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = HARMFUL.sub("", last).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return kept[:LONGEST_NAME]
    return stem[: LONGEST_NAME - len(ending) - 1] + dot + ending


def shown(row: Row) -> dict[str, Any]:
    """As pages read it; kept beside the message."""
    return {
        "id": row.id,
        "kind": row.kind,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "state": row.state,
        "reason": row.reason,
    }
