"""Conversations and what was said in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from handoff.db import now
from handoff.tables.base import Base, Created, Id, Moment

KEY = "{chiave}"  # stands in a text where the citizen, and nobody else, reads the key
UNPROVEN = "unproven"  # in a message's trace: anybody may have written it in the citizen's name
KEY_WAS_SHOWN = "(già mostrato)"


class Conversation(Base):
    __tablename__ = "conversation"
    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: Mapped[Id]
    channel: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(255))
    pulled: Mapped[bool] = mapped_column(default=False)  # citizens fetch; no outbox
    name: Mapped[str | None] = mapped_column(String(200))
    citizen_id: Mapped[str | None] = mapped_column(String(32), index=True)  # shared once joined
    holder: Mapped[str] = mapped_column(String(16), default="bot")  # bot | queue | operator
    version: Mapped[int] = mapped_column(default=1)  # bumped whenever the holder changes
    last_seq: Mapped[int] = mapped_column(default=0)
    ticket_id: Mapped[str | None] = mapped_column(String(32))  # the ticket that holds it now
    reset_bot: Mapped[bool] = mapped_column(default=False)  # a person hands back: forms end
    notice: Mapped[str | None] = mapped_column(String(32))  # version of the privacy notice shown
    keeps_key: Mapped[bool] = mapped_column(default=False)  # a reading key was not shown yet
    heard_at: Mapped[datetime | None] = mapped_column(Moment)  # opens the channel's window
    expects: Mapped[bool] = mapped_column(default=False)  # perhaps a consent or a comment: look
    unreachable: Mapped[bool] = mapped_column(default=False)  # blocked us; until they write again
    created_at: Mapped[Created]
    # by the database's clock: whoever missed a ring finds what to look at
    changed: Mapped[float] = mapped_column(Float, default=now(), onupdate=now(), index=True)


class Message(Base):
    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"),)

    id: Mapped[Id]
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    seq: Mapped[int]
    author: Mapped[str] = mapped_column(String(16))  # citizen | bot | operator | system
    author_name: Mapped[str | None] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    payload: Mapped[str | None] = mapped_column(String(64))
    buttons: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    topic: Mapped[str | None] = mapped_column(String(64))
    reply_to: Mapped[str | None] = mapped_column(String(32), index=True)
    final: Mapped[bool] = mapped_column(default=False)
    secret: Mapped[str | None] = mapped_column(String(32))  # a reading key, until it was shown
    template: Mapped[dict[str, Any] | None]  # approved by the provider, for writing first
    trace: Mapped[dict[str, Any]] = mapped_column(default=dict)  # why this was said
    created_at: Mapped[Created]

    @property
    def is_proven(self) -> bool:
        """Whether it came from the citizen for sure, as far as the channel can tell."""
        return not self.trace.get(UNPROVEN, False)

    def text_for_citizen(self) -> str:
        """The text with the reading key filled in, as long as it was not shown."""
        if self.author not in ("bot", "system"):
            return self.text
        return self.text.replace(KEY, self.secret or KEY_WAS_SHOWN)


class Offer(Base):
    """A payload that a button of this conversation carries: what may be pressed."""

    __tablename__ = "offer"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    payload: Mapped[str] = mapped_column(String(64), primary_key=True)
    offered_at: Mapped[datetime] = mapped_column(Moment)
