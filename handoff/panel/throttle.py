"""Slows guessing down, per account and per address; nobody is locked out for good."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.tables import LoginAttempt, present

LONGEST_PAUSE = timedelta(minutes=1)  # who knows the password gets in between two guesses
FORGOTTEN_AFTER = timedelta(days=1)
FREE = {"account": 3, "address": 30}  # failures without a pause; an office shares one address


@dataclass(frozen=True, slots=True)
class Guess:
    """One try to log in: it counts as failed until it succeeded."""

    account: str
    address: str

    @classmethod
    def of(cls, email: str, host: str) -> "Guess":
        return cls(f"account:{email}", f"address:{_network(host)}")

    @property
    def subjects(self) -> tuple[str, str]:
        return self.account, self.address


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
    """The account starts afresh; the address gets back the one guess that was right."""
    await session.execute(delete(LoginAttempt).where(LoginAttempt.subject == guess.account))
    await session.execute(
        update(LoginAttempt)
        .where(LoginAttempt.subject == guess.address, LoginAttempt.failures > 0)
        .values(failures=LoginAttempt.failures - 1, next_at=present())
    )


async def _row(session: AsyncSession, subject: str, now: datetime) -> LoginAttempt:
    """The counter of a subject, locked until the transaction ends."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if is_postgresql else sqlite.insert
    values = {"subject": subject, "failures": 0, "next_at": now}
    await session.execute(insert(LoginAttempt).values(values).on_conflict_do_nothing())
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
