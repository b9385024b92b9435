"""Who works at the panel, and how they are logged in."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from handoff.tables.base import Base, Created, Id, Moment

ROLES = ("operator", "trainer", "manager", "administrator")


class Operator(Base):
    __tablename__ = "operator"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower-case
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))  # one of ROLES
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Created]


class PanelSession(Base):
    __tablename__ = "panel_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    operator_id: Mapped[str] = mapped_column(ForeignKey("operator.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Created]
    last_seen_at: Mapped[Created]
    expires_at: Mapped[datetime] = mapped_column(Moment)


class LoginAttempt(Base):
    """Failures in a row at one secret or from one address: what slows guessing down."""

    __tablename__ = "login_attempt"

    subject: Mapped[str] = mapped_column(String(300), primary_key=True)  # "account:…", "request:…"
    failures: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Moment)
