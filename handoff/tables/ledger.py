"""What was taken in, counted as it came: what the other tables hold must agree with it."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from handoff.tables.base import Base


class Intake(Base):
    """A channel's day (Europe/Rome), written in the transactions that stored what it counts.

    Series that begin with # count citizens' messages, a part each; any other is a numbering of
    the provider's.
    """

    __tablename__ = "intake"

    channel: Mapped[str] = mapped_column(String(32), primary_key=True)
    series: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    taken: Mapped[int] = mapped_column(default=0)
    last_sequence: Mapped[int | None] = mapped_column(BigInteger)
    gapless: Mapped[bool] = mapped_column(default=False)  # a number left out never reached us
    # numbers left out: {"from", "to", "noticed": when, in ISO 8601}
    gaps: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
