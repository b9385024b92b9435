"""Passwords: argon2id, at most two at a time, however many log-ins arrive."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

LONGEST = 200  # characters; more is no safer and only costs us work
AT_ONCE = 2  # 64 MiB each, as RFC 9106 advises where memory is short
MOST_WAITING = 40

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
_work: set[asyncio.Future[bool]] = set()


class Busy(Exception):
    """Too many log-ins wait already."""


def hash_password(password: str) -> str:
    return _hasher.hash(password)


async def fits(password: str, password_hash: str | None) -> bool:
    """True if the password belongs to the hash. Without one it costs the same and is False."""
    if len(_work) >= MOST_WAITING:
        raise Busy
    work = asyncio.get_running_loop().run_in_executor(_workers, _fits, password, password_hash)
    _work.add(work)
    try:
        return await work
    finally:
        _work.discard(work)


def _fits(password: str, password_hash: str | None) -> bool:
    if password_hash is None:
        _hasher.hash(password)  # who is unknown must not be told apart by the clock
        return False
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
