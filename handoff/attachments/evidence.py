"""What a provider certified about a message of ours: kept as it came, beside the message."""

import hashlib
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.attachments.intake import safe_name
from handoff.channel import Attachment
from handoff.tables import Attachment as Row
from handoff.tables import AttachmentContent

RECEIPT = "receipt"  # a kind of attachment that goes nowhere: it is ours to keep


async def keep_receipt(
    session: AsyncSession, message_id: str, channel: str, receipt: Attachment
) -> None:
    """Its bytes untouched, with their hash. The id is made of them, so that twice is once."""
    content = receipt.content or b""
    sha256 = hashlib.sha256(content).hexdigest()
    receipt_id = hashlib.sha256(f"{message_id}:{sha256}".encode()).hexdigest()[:32]
    if await session.get(Row, receipt_id) is not None:
        return
    session.add(
        Row(
            id=receipt_id,
            message_id=message_id,
            position=0,
            channel=channel,
            kind=RECEIPT,
            name=safe_name(receipt.name),
            media_type=receipt.media_type,
            size=len(content),
            sha256=sha256,
            is_original=True,
            state="kept",
        )
    )
    await session.flush()
    session.add(AttachmentContent(attachment_id=receipt_id, content=content))


async def receipts_of(
    session: AsyncSession, message_ids: Collection[str]
) -> dict[str, list[dict[str, Any]]]:
    """By message, in the order in which they came, as the panel shows them."""
    rows = await session.scalars(
        select(Row)
        .where(Row.message_id.in_(message_ids), Row.kind == RECEIPT)
        .order_by(Row.created_at, Row.id)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        told = {"id": row.id, "name": row.name, "size": row.size, "sha256": row.sha256}
        told["created_at"] = row.created_at.isoformat()
        found.setdefault(row.message_id, []).append(told)
    return found
