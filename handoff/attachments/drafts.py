"""Files that an operator uploaded for a reply that is still being written.

Until the reply takes it, a draft hangs on the newest message of its conversation, where no
page shows it, and `owner` names the operator.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.attachments.checking import Seen
from handoff.attachments.contents import kind_of
from handoff.attachments.intake import shown
from handoff.tables import Attachment, AttachmentContent, Conversation, Message, present

MOST_FILES = 10  # of one reply
FORGOTTEN_AFTER = timedelta(days=2)


class Gone(Exception):
    """A draft that is not there, not this operator's or of another conversation."""


async def add_draft(
    session: AsyncSession, conversation: Conversation, operator_id: str, seen: Seen, content: bytes
) -> Attachment | None:
    """None in a conversation without any message: there is nothing to hang it on."""
    await _drop_forgotten(session, operator_id)
    newest = await session.scalar(
        select(Message.id)
        .where(Message.conversation_id == conversation.id)
        .order_by(Message.seq.desc())
        .limit(1)
    )
    if newest is None:
        return None
    row = Attachment(
        message_id=newest,
        position=0,
        channel=conversation.channel,
        kind=kind_of(seen.media_type),
        name=seen.name,
        media_type=seen.media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        state="draft",
        owner=operator_id,
    )
    session.add(row)
    await session.flush()
    session.add(AttachmentContent(attachment_id=row.id, content=content))
    return row


async def give(
    session: AsyncSession,
    message: Message,
    operator_id: str,
    ids: Sequence[str],
    *,
    drafted_in: str | None = None,
) -> None:
    """The reply takes its files along. Raises Gone if one of them is no draft for it.

    `drafted_in`: the conversation where they were uploaded, if it is another than the reply's.
    """
    where = drafted_in or message.conversation_id
    rows = [await _draft(session, each, where, operator_id) for each in dict.fromkeys(ids)]
    await session.flush()
    for position, row in enumerate(rows):
        row.message_id, row.position, row.state, row.owner = message.id, position, "kept", None
    message.attachments = [shown(row) for row in rows]


async def drafts(session: AsyncSession, operator_id: str, ids: Sequence[str]) -> list[Attachment]:
    """Those of these that wait for a reply of this operator's."""
    found = await session.scalars(
        select(Attachment).where(
            Attachment.id.in_(ids), Attachment.state == "draft", Attachment.owner == operator_id
        )
    )
    return list(found)


async def _draft(
    session: AsyncSession, attachment_id: str, conversation_id: str, operator_id: str
) -> Attachment:
    found: Attachment | None = await session.scalar(
        select(Attachment)
        .join(Message, Message.id == Attachment.message_id)
        .where(
            Attachment.id == attachment_id,
            Attachment.state == "draft",
            Attachment.owner == operator_id,
            Message.conversation_id == conversation_id,
        )
    )
    if found is None:
        raise Gone
    return found


async def _drop_forgotten(session: AsyncSession, operator_id: str) -> None:
    old = select(Attachment.id).where(
        Attachment.state == "draft",
        Attachment.owner == operator_id,
        Attachment.created_at < present() - FORGOTTEN_AFTER,
    )
    ids = list(await session.scalars(old))
    await session.execute(
        delete(AttachmentContent).where(AttachmentContent.attachment_id.in_(ids))
    )
    await session.execute(delete(Attachment).where(Attachment.id.in_(ids)))
