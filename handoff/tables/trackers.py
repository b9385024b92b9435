"""The bot's memory of a conversation; the bot writes it, backup and erasure cover it here."""

from sqlalchemy import Float, Text
from sqlalchemy.orm import Mapped, mapped_column

from handoff.tables.base import Base


class BotTracker(Base):
    __tablename__ = "bot_tracker"

    conversation_id: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int]
    snapshot: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[float] = mapped_column(Float)
