"""Files that came or went with messages; their content apart, so that lists stay light."""

from sqlalchemy import Float, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from handoff.tables.base import Base, Created, Id


class Attachment(Base):
    """States: ready and run while it is fetched and looked at · kept · held · refused · withdrawn;
    draft: an operator's, until the reply takes it (see `attachments.drafts`).
    """

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_state", "state", "due"),)

    id: Mapped[Id]
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"), index=True)
    position: Mapped[int]
    channel: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))  # image | audio | video | file | receipt
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))  # what the content is, once it was seen
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    is_original: Mapped[bool] = mapped_column(default=False)  # evidence: never changed
    reference: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16), default="ready")
    reason: Mapped[str | None] = mapped_column(String(500))
    due: Mapped[float] = mapped_column(Float, default=0.0)  # by the database's clock
    owner: Mapped[str | None] = mapped_column(String(120))
    lease_until: Mapped[float | None] = mapped_column(Float)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]


class AttachmentContent(Base):
    __tablename__ = "attachment_content"

    attachment_id: Mapped[str] = mapped_column(ForeignKey("attachment.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
