"""Conversations that one citizen joined: the codes that do it, and the record of consent."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handoff.tables.base import Base, Created, Moment, Serial


class JoinCode(Base):
    """The one code that a conversation has given out; claimed, it waits for the consent."""

    __tablename__ = "join_code"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)  # HMAC: see `joining.Codes`
    expires_at: Mapped[datetime] = mapped_column(Moment)
    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("conversation.id"), unique=True)
    words: Mapped[str | None] = mapped_column(String(64))  # revision of the question asked


class CitizenChange(Base):
    """Append-only: `joined` with a consent, `parted` (all of them), `left` (this one)."""

    __tablename__ = "citizen_change"

    id: Mapped[Serial]
    kind: Mapped[str] = mapped_column(String(16))
    citizen_id: Mapped[str] = mapped_column(String(32), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    with_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id"))  # who gave the code
    words: Mapped[str | None] = mapped_column(String(64))  # revision of what was consented to
    created_at: Mapped[Created]
