"""What waits for the bot although no worker is on it."""

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import now as database_now
from handoff.ledger.days import Span
from handoff.tables import Inbox, Message

GRACE = timedelta(minutes=5)


async def stuck(session: AsyncSession, span: Span, now: datetime) -> list[tuple[str, str]]:
    """Channel and message id."""
    untouched = and_(Inbox.state == "run", Inbox.lease_until < database_now())
    rows = await session.execute(
        select(Inbox.channel, Inbox.message_id)
        .join(Message, Message.id == Inbox.message_id)
        .where(span.holds(Message.created_at), Message.created_at < now - GRACE)
        .where(or_(Inbox.state == "ready", untouched))
        .order_by(Inbox.id)
    )
    return [(channel, message_id) for channel, message_id in rows]
