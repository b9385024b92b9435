"""Sessions are kept by the server; the browser holds a random token, we hold its hash."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.tables import Operator, PanelSession, present

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # finer would write at every request
TOKEN_BYTES = 32  # 256 bits: guessing is hopeless, so a plain hash is enough


@dataclass(frozen=True, slots=True)
class Entry:
    """Who is logged in, and by which session."""

    operator: Operator
    token_hash: str
    csrf: str


def open_session(session: AsyncSession, operator: Operator) -> tuple[str, Entry]:
    """A new session and its token, which is told once."""
    token, csrf = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
    opened = PanelSession(
        token_hash=hashed(token),
        operator_id=operator.id,
        csrf=csrf,
        expires_at=present() + LONGEST,
    )
    session.add(opened)
    return token, Entry(operator, opened.token_hash, csrf)


async def find(session: AsyncSession, token_hash: str) -> Entry | None:
    """The entry while it is fresh and its operator may still work here."""
    row = (
        await session.execute(
            select(Operator, PanelSession.csrf)
            .join(PanelSession, PanelSession.operator_id == Operator.id)
            .where(PanelSession.token_hash == token_hash, Operator.active, ~_is_over())
        )
    ).one_or_none()
    return Entry(row[0], token_hash, row[1]) if row else None


async def touch(session: AsyncSession, token_hash: str) -> None:
    """Somebody is at the keyboard."""
    await session.execute(
        update(PanelSession)
        .where(PanelSession.token_hash == token_hash)
        .values(last_seen_at=present())
    )


async def is_stale(session: AsyncSession, token_hash: str) -> bool:
    """True if it is time to `touch`."""
    seen = await session.scalar(
        select(PanelSession.last_seen_at).where(PanelSession.token_hash == token_hash)
    )
    return seen is not None and present() - seen > SEEN_EVERY


async def end(session: AsyncSession, token_hash: str) -> None:
    """End this session, and sweep away those whose time is over."""
    this = PanelSession.token_hash == token_hash
    await session.execute(
        delete(PanelSession)
        .where(or_(this, _is_over()))
        .execution_options(synchronize_session=False)
    )


def _is_over() -> ColumnElement[bool]:
    return or_(PanelSession.expires_at <= present(), PanelSession.last_seen_at <= present() - IDLE)


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
