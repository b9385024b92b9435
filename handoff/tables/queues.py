"""The inbox and the outbox: their rows are the jobs."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from handoff.db import now
from handoff.tables.base import Base, Created, Moment, Serial

# The few that wait among the many that are done; claims walk them by age: see leases.heads
WAITING = text("state in ('ready', 'run')")


class Job:
    """What a worker claims: the oldest unfinished job of a conversation, under a lease."""

    id: Mapped[Serial]
    state: Mapped[str] = mapped_column(String(16), default="ready")
    due: Mapped[float] = mapped_column(Float, default=0.0)  # by the database's clock
    owner: Mapped[str | None] = mapped_column(String(120))
    lease_until: Mapped[float | None] = mapped_column(Float)
    attempts: Mapped[int] = mapped_column(default=0)  # counted at the claim
    created_at: Mapped[Created]

    @declared_attr
    def conversation_id(self) -> Mapped[str]:
        return mapped_column(ForeignKey("conversation.id"))

    @declared_attr
    def message_id(self) -> Mapped[str]:
        return mapped_column(ForeignKey("message.id"), unique=True)


class Inbox(Job, Base):
    """What came in. States: ready · run · done · dead."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_inbox_heads", "conversation_id", "state", "id"),
        Index("ix_inbox_state", "state", "due"),
        Index("ix_inbox_waiting", "id", postgresql_where=WAITING, sqlite_where=WAITING),
    )

    channel: Mapped[str] = mapped_column(String(32))
    external_id: Mapped[str] = mapped_column(String(255))


class Outbox(Job, Base):
    """What goes out. States: ready · run · sent · delivered · read · failed · unknown."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_heads", "conversation_id", "state", "id"),
        Index("ix_outbox_state", "state", "due"),
        Index("ix_outbox_changed", "conversation_id", "changed"),
        Index("ix_outbox_waiting", "id", postgresql_where=WAITING, sqlite_where=WAITING),
    )

    # by the database's clock: whoever watches a conversation sees that something happened
    changed: Mapped[float] = mapped_column(Float, default=now(), onupdate=now())
    channel: Mapped[str] = mapped_column(String(32))
    external_id: Mapped[str | None] = mapped_column(String(255))
    cause: Mapped[str | None] = mapped_column(String(16))  # of a failure, for what to do next
    reason: Mapped[str | None] = mapped_column(String(500))


class SentPart(Base):
    """A provider's id of something that we sent: statuses, echoes and answers name it."""

    __tablename__ = "sent_part"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[Serial]
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), index=True)
    channel: Mapped[str] = mapped_column(String(32))
    external_id: Mapped[str] = mapped_column(String(255))


class DeliveryReport(Base):
    """What a provider told about something we sent; it may come before we know its id."""

    __tablename__ = "delivery_report"
    __table_args__ = (UniqueConstraint("channel", "external_id", "state", "recipient"),)

    id: Mapped[Serial]
    channel: Mapped[str] = mapped_column(String(32))
    external_id: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(16))
    recipient: Mapped[str] = mapped_column(String(255), default="")
    cause: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[Created]


class Oddity(Base):
    """What a provider sent and nobody understood: kept as it came."""

    __tablename__ = "oddity"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[Serial]
    channel: Mapped[str] = mapped_column(String(32))
    external_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Created]


class Attempt(Base):
    """One try to send: the row is committed before the request leaves."""

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("outbox_id", "number"),)

    id: Mapped[Serial]
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"))
    number: Mapped[int]
    result: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(500))
    started_at: Mapped[Created]
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
