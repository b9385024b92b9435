"""The approved words as they were and are: nothing is overwritten, every change has an author."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from handoff.tables.base import Base, Created, Serial


class KnowledgeRevision(Base):
    """One entry of a knowledge file as somebody left it; the highest number is live."""

    __tablename__ = "knowledge_revision"
    __table_args__ = (UniqueConstraint("key", "number"),)

    id: Mapped[Serial]
    file: Mapped[str] = mapped_column(String(100))  # below data/: "knowledge/servizi.yml"
    position: Mapped[int]  # of the entry in its file
    key: Mapped[str] = mapped_column(String(64))  # a topic, or a sentence that is none
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)  # the entry's lines, comments before it included
    origin: Mapped[str] = mapped_column(String(8))  # file | person
    author: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(300))
    approved_by: Mapped[str | None] = mapped_column(String(200))  # where a second person must
    created_at: Mapped[Created]


UNDECIDED = text("decided_at is null")


class KnowledgeProposal(Base):
    """An answer of high risk as one person wants it; another publishes it, or does not."""

    __tablename__ = "knowledge_proposal"
    __table_args__ = (
        Index(
            "ix_knowledge_proposal_undecided",
            "key",
            unique=True,
            postgresql_where=UNDECIDED,
            sqlite_where=UNDECIDED,
        ),
    )

    id: Mapped[Serial]
    key: Mapped[str] = mapped_column(String(64), index=True)
    seen: Mapped[int]  # the number of the revision that its author had read
    text: Mapped[str] = mapped_column(Text)  # what citizens would read
    author_id: Mapped[str] = mapped_column(ForeignKey("operator.id"))
    author: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[Created]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(200))
    outcome: Mapped[str | None] = mapped_column(String(12))  # published | refused | withdrawn
    answer: Mapped[str | None] = mapped_column(String(300))  # why it was refused
