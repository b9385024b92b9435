"""Slows guessing down, per secret and per address; nobody is locked out for good."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.db import insert_for
from handoff.tables import LoginAttempt, present

LONGEST_PAUSE = timedelta(minutes=1)  # who knows the secret gets in between two guesses
FORGOTTEN_AFTER = timedelta(days=1)
# Failures without a pause; a whole office, or hospital, shares one address
FREE = {"account": 3, "address": 30, "request": 5, "reader": 30, "joiner": 5, "joiners": 1000}


@dataclass(frozen=True, slots=True)
class Guess:
    """One try at a secret: it counts as failed until it succeeded."""

    target: str  # whose secret it is
    origin: str  # where it comes from

    @classmethod
    def of(cls, email: str, host: str) -> "Guess":
        """At an operator's password."""
        return cls(f"account:{email}", f"address:{_network(host)}")

    @classmethod
    def at_key(cls, name: str, host: str) -> "Guess":
        """At the reading key of the request with this name."""
        return cls(f"request:{name}", f"reader:{_network(host)}")

    @classmethod
    def at_code(cls, conversation_id: str, channel: str) -> "Guess":
        """At a code that joins channels. A channel's slips begin anew each day, or they add up."""
        return cls(f"joiner:{conversation_id}", f"joiners:{channel}:{present():%Y-%m-%d}")

    @property
    def subjects(self) -> tuple[str, str]:
        return self.target, self.origin


async def count(session: AsyncSession, guess: Guess) -> timedelta | None:
    """Count a guess before it is looked at, so that many at once gain nothing.

    The pause to make first, when it comes too soon; then it is not counted.
    """
    now = present()
    await _forget_old(session, now)
    rows = [await _row(session, subject, now) for subject in guess.subjects]
    pause = max(row.next_at for row in rows) - now
    if pause > timedelta(0):
        return pause
    for row in rows:
        row.failures += 1
        row.next_at = now + pause_after(row.failures, FREE[row.subject.partition(":")[0]])
    return None


def pause_after(failures: int, free: int) -> timedelta:
    """1, 2, 4 … seconds once the free failures are used up."""
    over = failures - free
    if over <= 0:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(over - 1, 20)), LONGEST_PAUSE)


async def succeed(session: AsyncSession, guess: Guess) -> None:
    """The target starts afresh; the address gets back the one guess that was right."""
    await session.execute(delete(LoginAttempt).where(LoginAttempt.subject == guess.target))
    await session.execute(
        update(LoginAttempt)
        .where(LoginAttempt.subject == guess.origin, LoginAttempt.failures > 0)
        .values(failures=LoginAttempt.failures - 1, next_at=present())
    )


async def _row(session: AsyncSession, subject: str, now: datetime) -> LoginAttempt:
    """The counter of a subject, locked until the transaction ends."""
    values = {"subject": subject, "failures": 0, "next_at": now}
    await session.execute(
        insert_for(session)(LoginAttempt).values(values).on_conflict_do_nothing()
    )
    row: LoginAttempt = await session.get_one(LoginAttempt, subject, with_for_update=True)
    return row


async def _forget_old(session: AsyncSession, now: datetime) -> None:
    await session.execute(
        delete(LoginAttempt)
        .where(LoginAttempt.next_at < now - FORGOTTEN_AFTER)
        .execution_options(synchronize_session=False)
    )


def _network(host: str) -> str:
    """Of IPv6 the first half: everybody owns billions of the rest."""
    try:
        address = ip_address(host)
    except ValueError:
        return host[:64]
    if isinstance(address, IPv6Address):
        return str(ip_network(f"{address}/64", strict=False).network_address)
    return str(address)
