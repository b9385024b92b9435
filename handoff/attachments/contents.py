"""Reads files that were kept, as browsers may have them; and forgets them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from sqlalchemy import Select, delete, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.attachments.intake import shown
from handoff.attachments.kinds import MEDIA_TYPES
from handoff.tables import Attachment, AttachmentContent, Message

UNKNOWN_TYPE = "application/octet-stream"
# never shown as a page of ours, whatever is in it
GUARDED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Kept:
    name: str
    media_type: str
    content: bytes


async def kept(
    session: AsyncSession, attachment_id: str, *, conversation_id: str | None = None
) -> Kept | None:
    """A file that was found harmless, or an original; of one conversation if it is given."""
    query = _kept().where(Attachment.id == attachment_id)
    if conversation_id is not None:
        query = query.join(Message, Message.id == Attachment.message_id).where(
            Message.conversation_id == conversation_id, ~Attachment.is_original
        )
    row = (await session.execute(query)).first()
    return Kept(row.name, _media_type(row.media_type), row.content) if row else None


async def kept_of(session: AsyncSession, message_id: str) -> list[Kept]:
    """What a message carries, in its order; what was certified about it goes nowhere."""
    rows = await session.execute(
        _kept()
        .where(Attachment.message_id == message_id, ~Attachment.is_original)
        .order_by(Attachment.position)
    )
    return [Kept(row.name, _media_type(row.media_type), row.content) for row in rows]


def _kept() -> Select[str, str, bytes]:
    return (
        select(Attachment.name, Attachment.media_type, AttachmentContent.content)
        .join(AttachmentContent, AttachmentContent.attachment_id == Attachment.id)
        .where(Attachment.state == "kept")
    )


def _media_type(claimed: str) -> str:
    """Of an original we know only what was claimed."""
    return claimed if claimed in MEDIA_TYPES else UNKNOWN_TYPE


def headers(name: str) -> dict[str, str]:
    """To be saved, not opened: RFC 6266, the name in plain ASCII and as it is (RFC 8187)."""
    plain = "".join(each if each.isascii() and each not in '"\\%' else "_" for each in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {**GUARDED, "Content-Disposition": disposition}


def kind_of(media_type: str) -> Literal["image", "audio", "video", "file"]:
    match media_type.partition("/")[0]:
        case "image":
            return "image"
        case "audio":
            return "audio"
        case "video":
            return "video"
    return "file"


async def copy(session: AsyncSession, message_id: str, to: Message) -> None:
    """What a message carries goes along with another one too; no content passes through here."""
    await session.flush()
    rows = await session.scalars(
        select(Attachment)
        .where(
            Attachment.message_id == message_id,
            Attachment.state == "kept",
            ~Attachment.is_original,
        )
        .order_by(Attachment.position)
    )
    twins = [await _twin(session, row, to) for row in rows]
    to.attachments = [shown(twin) for twin in twins]


async def _twin(session: AsyncSession, row: Attachment, to: Message) -> Attachment:
    same = ("position", "channel", "kind", "name", "media_type", "size", "sha256", "state")
    twin = Attachment(message_id=to.id, **{name: getattr(row, name) for name in same})
    session.add(twin)
    await session.flush()
    content = select(literal(twin.id), AttachmentContent.content).where(
        AttachmentContent.attachment_id == row.id
    )
    await session.execute(
        insert(AttachmentContent).from_select(["attachment_id", "content"], content)
    )
    return twin


async def forget(session: AsyncSession, message_ids: Sequence[str] | Select[str]) -> None:
    """Contents, names and references of these messages' files, wherever they stand."""
    mine = select(Attachment.id).where(Attachment.message_id.in_(message_ids))
    await session.execute(
        delete(AttachmentContent)
        .where(AttachmentContent.attachment_id.in_(mine))
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        delete(Attachment)
        .where(Attachment.message_id.in_(message_ids))
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Message)
        .where(Message.id.in_(message_ids))
        .values(attachments=[])
        .execution_options(synchronize_session=False)
    )
