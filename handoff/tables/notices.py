"""Notices: what the office says first while it lasts, and whom it reached."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from handoff.tables.base import Base, Created, Id, Moment


class Notice(Base):
    __tablename__ = "notice"

    id: Mapped[Id]
    text: Mapped[str] = mapped_column(Text)
    topics: Mapped[list[str]] = mapped_column(JSON)  # none: said before every answer
    author: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[Created]
    ends_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str | None] = mapped_column(String(200))
    closing: Mapped[str | None] = mapped_column(Text)  # for those who were told of it


class NoticeTold(Base):
    """A conversation that was told of a notice, once."""

    __tablename__ = "notice_told"

    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    told_at: Mapped[Created]
    ended_at: Mapped[datetime | None] = mapped_column(Moment)  # told that it is over, or too late
