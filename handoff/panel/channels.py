"""The panel's API of channels: how each of them is, and whether files are looked at."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.attachments import Scanner
from handoff.channel import Channel
from handoff.panel.access import PRIVATE, Known
from handoff.panel.channel_reads import numbers
from handoff.tables import ChannelState, present

router = APIRouter(prefix="/api/panel/channels")


@router.get("")
async def shelf(request: Request, response: Response, _: Known) -> dict[str, Any]:
    response.headers.update(PRIVATE)
    channels: Mapping[str, Channel] = request.app.state.channels
    scanner: Scanner = request.app.state.house.scanner
    away = await scanner.trouble()
    async with request.app.state.database.read() as session:
        states = {state.channel: state for state in await session.scalars(select(ChannelState))}
        return {
            "channels": [
                await _told(session, channel, states.get(name))
                for name, channel in channels.items()
            ],
            "scanner": {"is_set": scanner.is_set, "trouble": away},
        }


async def _told(
    session: AsyncSession, channel: Channel, state: ChannelState | None
) -> dict[str, Any]:
    return {
        "name": channel.name,
        "title": channel.title,
        "trouble": state.trouble if state else None,
        "since": state.since.isoformat() if state else None,
        "checked_at": state.checked_at.isoformat() if state else None,
        "pulled": channel.pulled,
        "by_hand": channel.by_hand,
        **await numbers(session, channel, present()),
    }
