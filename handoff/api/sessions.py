"""Web-chat sessions: a random token, known to one browser, opens one conversation."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from fastapi import HTTPException, Request
from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.api.access import bearer
from handoff.db import Database
from handoff.gateway import Gateway
from handoff.tables import Conversation, WebchatSession, new_id, present

CHANNEL = "webchat"
TOKEN_BYTES = 32  # 256 bits: guessing is hopeless, so a plain hash is enough
SEEN_EVERY = timedelta(minutes=10)  # finer would write at every poll
KNOWN = (
    select(
        WebchatSession.last_seen_at, Conversation.id, Conversation.address, Conversation.keeps_key
    )
    .join(Conversation, Conversation.id == WebchatSession.conversation_id)
    .where(WebchatSession.token_hash == bindparam("hash"))
)
UNKNOWN = "La conversazione non è disponibile: ne apra una nuova, per favore."


@dataclass(frozen=True, slots=True)
class Caller:
    """Who holds the token, and the conversation it opens."""

    token_hash: str
    conversation_id: str
    address: str
    keeps_key: bool  # a reading key stands in it that was not shown yet
    last_seen_at: datetime


async def open_session(database: Database, gateway: Gateway) -> tuple[str, str]:
    """A new conversation with the legal notice in it. Its token, told once, and its id."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    conversation_id = await gateway.open_conversation(channel=CHANNEL, address=new_id())
    async with database.begin() as session:
        session.add(WebchatSession(token_hash=hashed(token), conversation_id=conversation_id))
    return token, conversation_id


async def known_caller(request: Request) -> Caller:
    """401 unless the token opens a conversation. Looked up by hash: timing tells nothing."""
    database: Database = request.app.state.database
    async with database.read() as session:
        caller = await caller_in(session, request)
    await note_seen(database, caller)
    return caller


async def caller_in(session: AsyncSession, request: Request) -> Caller:
    """The same, where more is read than this."""
    token_hash = hashed(bearer(request))
    found = (await session.execute(KNOWN, {"hash": token_hash})).one_or_none()
    if found is None:
        raise HTTPException(401, UNKNOWN, headers={"WWW-Authenticate": "Bearer"})
    return Caller(token_hash, found.id, found.address, found.keeps_key, found.last_seen_at)


async def note_seen(database: Database, caller: Caller) -> None:
    """From time to time."""
    if present() - caller.last_seen_at <= SEEN_EVERY:
        return
    async with database.begin() as session:
        found = await session.get(WebchatSession, caller.token_hash)
        if found is not None:
            found.last_seen_at = present()


async def close_session(database: Database, caller: Caller) -> None:
    """The token opens nothing any more; the conversation itself stays with the office."""
    async with database.begin() as session:
        await session.execute(
            delete(WebchatSession).where(WebchatSession.token_hash == caller.token_hash)
        )


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
