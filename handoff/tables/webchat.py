"""Web-chat sessions: a token opens exactly one conversation."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handoff.tables.base import Base, Created


class WebchatSession(Base):
    __tablename__ = "webchat_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    created_at: Mapped[Created]
    last_seen_at: Mapped[Created]
