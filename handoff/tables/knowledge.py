"""The approved words as they were and are: nothing is overwritten, every change has an author."""

from sqlalchemy import String, Text, UniqueConstraint
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
    created_at: Mapped[Created]
