"""What was sent from our account: by us, or by a person in the provider's own app.

Providers tell us of our own messages too, some before they answer our call and without a word on
whose they are. Then the outbox tells: whichever process sends, its row was there before.
"""

import html
import json
import re
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import conversations, oddities, outbox, receipts, tickets
from handoff.channel import Channel, Echo, Oddity, Status
from handoff.tables import SAID_ELSEWHERE, Conversation, Outbox, present

ECHO, HELD = "echo", "echo_held"  # kinds of oddities, kept to know them again
UNDER_WAY = ("run", "ready", "unknown")  # states of what the provider may have, and we no id of
LONGEST = 10_000  # characters of a text that is held
A_DAY = timedelta(days=1)
Channels = Mapping[str, Channel]


async def take(session: AsyncSession, echo: Echo, channels: Channels) -> None:
    """Ours comes back to us; anything else a person wrote in the provider's own app."""
    going = await _going(session, echo)  # locked before we look whether its id is known by now
    known = await receipts.outbox_of(session, echo.channel, echo.external_id)
    key = echo.key or await _key_of(session, echo, going, channels)
    if known is not None or key or echo.ours:
        await _is_ours(session, echo, key)
    elif echo.text and any(row.state == "run" for row in going):
        told = {"to": echo.address, "text": echo.text[:LONGEST]}
        await _note(session, echo, HELD, body=json.dumps(told))
    elif echo.text:
        await _written_elsewhere(session, echo)


async def look_again(session: AsyncSession, channel: str, address: str) -> None:
    """An attempt ended: what came meanwhile, and was like nothing that left, is ours or not."""
    for row in await oddities.kept(session, channel=channel, kind=HELD):
        told = json.loads(row.body)
        if told["to"] != address:
            continue
        echo = Echo(
            channel=channel,
            external_id=row.external_id.removeprefix(f"{HELD}:"),
            address=address,
            text=told["text"],
        )
        await session.delete(row)
        if await receipts.outbox_of(session, channel, echo.external_id) is None:
            await _written_elsewhere(session, echo)


async def _going(session: AsyncSession, echo: Echo) -> list[Outbox]:
    """What is being sent to this citizen, or may have been: the oldest first."""
    rows = await session.scalars(
        select(Outbox)
        .join(Conversation, Conversation.id == Outbox.conversation_id)
        .where(
            Conversation.channel == echo.channel,
            Conversation.address == echo.address,
            Outbox.state.in_(UNDER_WAY),
            Outbox.attempts > 0,
            Outbox.created_at > present() - A_DAY,
        )
        .order_by(Outbox.id)
        .with_for_update(of=Outbox)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def _key_of(
    session: AsyncSession, echo: Echo, going: list[Outbox], channels: Channels
) -> str | None:
    """Of the message that has a part of these words."""
    channel = channels.get(echo.channel)
    if channel is None or not echo.text:
        return None
    for row in going:
        sent = await outbox.outbound_of(session, row)
        if _gist(echo.text) in {_gist(text) for text in channel.parts_of(sent)}:
            return row.message_id
    return None


def _gist(text: str) -> str:
    """What is left of a text when a provider has shortened links and escaped signs."""
    return re.sub(r"https?://\S+|\s+", "", html.unescape(text))


async def _is_ours(session: AsyncSession, echo: Echo, key: str | None) -> None:
    status = Status(channel=echo.channel, state="sent", external_id=echo.external_id, key=key)
    await receipts.hear(session, status)


async def _written_elsewhere(session: AsyncSession, echo: Echo) -> None:
    """Recorded as said, once; the bot keeps silent until its ticket is closed or handed back."""
    conversation = await conversations.find(session, channel=echo.channel, address=echo.address)
    if conversation is None or not await _note(session, echo, ECHO):
        return
    conversations.record_said(session, conversation, author_name=SAID_ELSEWHERE, text=echo.text)
    if conversation.holder == "bot":  # by a ticket: or nobody here could answer or hand back
        await tickets.open_ticket(session, conversation, kind="persona", reason="altrove")


async def _note(session: AsyncSession, echo: Echo, kind: str, *, body: str = "") -> bool:
    """False if it was noted before."""
    external_id = f"{kind}:{echo.external_id}"
    return await oddities.keep(
        session, Oddity(channel=echo.channel, external_id=external_id, kind=kind, body=body)
    )
