"""What trainers decided about messages, and the versions of the model that came of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handoff.tables.base import Base, Created, Moment, Serial


class PhraseReview(Base):
    """A message that somebody looked at: added to the phrases of a topic, or ignored.

    Not a foreign key: an added phrase names nobody and stays when the message is erased.
    """

    __tablename__ = "phrase_review"
    __table_args__ = (UniqueConstraint("message_id"),)

    id: Mapped[Serial]
    message_id: Mapped[str] = mapped_column(String(32))
    decision: Mapped[str] = mapped_column(String(8))  # added | ignored
    topic: Mapped[str | None] = mapped_column(String(64))
    text: Mapped[str | None] = mapped_column(Text)  # as the trainer left it
    operator_id: Mapped[str] = mapped_column(ForeignKey("operator.id"))
    author: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[Created]


class Release(Base):
    """A version of the model: its archive, the snapshot it was made of, its evaluation."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("running"),)

    id: Mapped[Serial]
    state: Mapped[str] = mapped_column(String(8))  # running | ready | failed
    running: Mapped[bool | None]  # true or nothing: one at a time, by the unique index
    step: Mapped[str] = mapped_column(String(16))  # what it is at: waiting | export | train | …
    beat: Mapped[float | None]  # the last sign of life, by the database's clock
    reason: Mapped[str | None] = mapped_column(String(500))  # why it failed
    author: Mapped[str] = mapped_column(String(200))
    archive: Mapped[str | None] = mapped_column(String(200))  # file name of the candidate
    report: Mapped[dict[str, Any] | None]
    live_as: Mapped[str | None] = mapped_column(String(200))  # its last file name in models/
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    published_by: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[Created]
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
