"""How each channel is."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from handoff.tables.base import Base, Moment


class ChannelState(Base):
    __tablename__ = "channel_state"

    channel: Mapped[str] = mapped_column(String(32), primary_key=True)
    trouble: Mapped[str | None] = mapped_column(String(500))  # in Italian; None while it is well
    since: Mapped[datetime] = mapped_column(Moment)  # when it became so
    checked_at: Mapped[datetime] = mapped_column(Moment)
