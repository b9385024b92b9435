"""The same citizen's other channels, as an open ticket shows them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import joining
from handoff.channel import Channel
from handoff.channel.windows import Standing
from handoff.panel.reach import reach, takes_files
from handoff.tables import Conversation, Ticket, present


async def kin(
    session: AsyncSession, conversation: Conversation, channels: Mapping[str, Channel]
) -> list[dict[str, Any]]:
    """Of each: its channel, its request if it has any, and whether one may write there now."""
    return [
        {
            "conversation_id": other.id,
            "channel": other.channel,
            "ticket": await _ticket(session, other),
            "writable": may_be_written(channels.get(other.channel), other),
            "takes_files": takes_files(channels.get(other.channel), other),
        }
        for other in await joining.others(session, conversation)
    ]


def may_be_written(channel: Channel | None, conversation: Conversation) -> bool:
    """Whether what a person writes there now can reach the citizen."""
    told = reach(channel, conversation, present())
    return told["standing"] == Standing.OPEN and not told["unreachable"]


async def _ticket(session: AsyncSession, conversation: Conversation) -> dict[str, Any] | None:
    """The one that is open, else the latest."""
    found: Ticket | None = await session.scalar(
        select(Ticket)
        .where(Ticket.conversation_id == conversation.id)
        .order_by(case((Ticket.state == "closed", 1), else_=0), Ticket.opened_at.desc())
        .limit(1)
    )
    return {"id": found.id, "name": found.name, "state": found.state} if found else None
