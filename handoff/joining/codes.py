"""One-time codes: eight signs that can be read aloud, kept as a keyed hash only."""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Self

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import insert_for
from handoff.joining.signs import DIGITS, LENGTH, LETTERS
from handoff.tables import Conversation, JoinCode, present

VALID = timedelta(minutes=15)


class Codes:
    """Makes codes and knows them again by a key of this installation."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, secret: str) -> Self:
        """With a key of their own, derived from another secret of the installation."""
        return cls(hmac.digest(secret.encode(), b"sportello: codes that join channels", "sha256"))

    @classmethod
    def of_this_process(cls) -> Self:
        """Nobody else knows these: for one process that stands alone."""
        return cls(secrets.token_bytes(32))

    def hash(self, code: str) -> str:
        """Of the bare signs, in capitals."""
        return hmac.new(self._key, code.encode(), hashlib.sha256).hexdigest()


def new_code() -> str:
    """With a letter and a digit at least: so it is neither a word nor a telephone number."""
    while True:
        code = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(LENGTH))
        if set(code) & set(LETTERS) and set(code) & set(DIGITS):
            return code


def shown(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


async def issue(session: AsyncSession, conversation: Conversation, codes: Codes) -> str:
    """A new code of this conversation; the one before is void, claimed or not."""
    await drop(session, conversation)
    await _forget_old(session)
    code = new_code()
    values = {
        "code_hash": codes.hash(code),
        "expires_at": present() + VALID,
        "claimed_by": None,
        "words": None,
    }
    row = insert_for(session)(JoinCode).values(conversation_id=conversation.id, **values)
    await session.execute(
        row.on_conflict_do_update(index_elements=["conversation_id"], set_=values)
    )
    return code


async def claim(session: AsyncSession, conversation: Conversation, code_hash: str) -> str | None:
    """Take the code for this conversation; the id of the one that gave it.

    None when it is wrong, void, expired, another's by now, or this conversation's own. Taken again
    by the same conversation it is still its own: a link is easily opened twice.
    """
    await drop(session, conversation, but=code_hash)
    conversation.expects = True
    giver: str | None = await session.scalar(
        update(JoinCode)
        .where(
            JoinCode.code_hash == code_hash,
            or_(JoinCode.claimed_by.is_(None), JoinCode.claimed_by == conversation.id),
            JoinCode.expires_at > present(),
            JoinCode.conversation_id != conversation.id,
        )
        .values(claimed_by=conversation.id)
        .returning(JoinCode.conversation_id)
        .execution_options(synchronize_session=False)
    )
    return giver


async def is_live(session: AsyncSession, code_hash: str) -> bool:
    """Whether somebody who learns this code could still use it."""
    found = await session.scalar(
        select(JoinCode.conversation_id).where(
            JoinCode.code_hash == code_hash, JoinCode.expires_at > present()
        )
    )
    return found is not None


async def note_words(session: AsyncSession, conversation: Conversation, revision: str) -> None:
    """Which words ask for the consent."""
    await session.execute(
        update(JoinCode)
        .where(JoinCode.claimed_by == conversation.id)
        .values(words=revision)
        .execution_options(synchronize_session=False)
    )


async def claimed(session: AsyncSession, conversation_id: str) -> JoinCode | None:
    """The code that waits for this conversation's consent, expired or not."""
    found: JoinCode | None = await session.scalar(
        select(JoinCode).where(JoinCode.claimed_by == conversation_id)
    )
    return found


async def spend(session: AsyncSession, conversation: Conversation) -> tuple[str, str] | None:
    """Who gave the code and which words asked, once; None when there is none or it expired."""
    row = await session.execute(
        delete(JoinCode)
        .where(JoinCode.claimed_by == conversation.id)
        .returning(JoinCode.conversation_id, JoinCode.words, JoinCode.expires_at)
        .execution_options(synchronize_session=False)
    )
    if (found := row.first()) is None or found.expires_at <= present():
        return None
    return found.conversation_id, found.words or ""


async def drop(session: AsyncSession, conversation: Conversation, *, but: str = "") -> None:
    """What this conversation claimed is void, `but` for the code with this hash."""
    await session.execute(
        delete(JoinCode)
        .where(JoinCode.claimed_by == conversation.id, JoinCode.code_hash != but)
        .execution_options(synchronize_session=False)
    )


async def void(session: AsyncSession, conversation: Conversation) -> None:
    """Nothing that this conversation gave out or claimed joins anything any more."""
    await drop(session, conversation)
    await session.execute(
        delete(JoinCode)
        .where(JoinCode.conversation_id == conversation.id)
        .execution_options(synchronize_session=False)
    )


async def _forget_old(session: AsyncSession) -> None:
    """Expired and claimed by nobody; those that were claimed still explain a late yes."""
    await session.execute(
        delete(JoinCode)
        .where(JoinCode.expires_at < present() - VALID, JoinCode.claimed_by.is_(None))
        .execution_options(synchronize_session=False)
    )
