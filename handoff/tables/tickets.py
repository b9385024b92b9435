"""Tickets, what happened to them, and what citizens thought of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from handoff.tables.base import Base, Created, Id, Moment, Serial


class Ticket(Base):
    """A request for a person; unique on the citizen's message that led to it."""

    __tablename__ = "ticket"
    __table_args__ = (Index("ix_ticket_queue", "state", "priority", "opened_at"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(16), unique=True)  # URP-26-7K3Q
    key_hash: Mapped[str] = mapped_column(String(64))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    message_id: Mapped[str | None] = mapped_column(ForeignKey("message.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(32))
    topic: Mapped[str | None] = mapped_column(String(64))
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(16), default="open")  # open | taken | closed
    protocol: Mapped[str | None] = mapped_column(String(64))  # number in the official register
    priority: Mapped[int] = mapped_column(default=2)  # 0 an emergency, 3 can wait
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("operator.id"))
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[Created]
    updated_at: Mapped[Created]
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    replied_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class TicketEvent(Base):
    """Append-only: opened, joined, taken, replied, note, closed, reopened, handed_back, and of the
    citizen detail and withdrawn."""

    __tablename__ = "ticket_event"

    id: Mapped[Serial]
    ticket_id: Mapped[str] = mapped_column(ForeignKey("ticket.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    operator_id: Mapped[str | None] = mapped_column(ForeignKey("operator.id"))
    text: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Created]


class Survey(Base):
    """Asked once at each closing."""

    __tablename__ = "survey"

    id: Mapped[Id]
    ticket_id: Mapped[str] = mapped_column(ForeignKey("ticket.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    score: Mapped[int | None]  # 1 to 5
    comment: Mapped[str | None] = mapped_column(Text)
    awaits_comment: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[Created]
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
