"""A ticket's name, and the key with which its state can be read elsewhere."""

import secrets
from hashlib import sha256

from handoff.tables import present

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U to mistake
KEY_LENGTH = 13  # 13 × 5 bits = 65


def new_name() -> str:
    """`URP-26-7K3Q`: short enough to say on the phone; the unique index decides if it is free."""
    return f"URP-{present():%y}-{_random(4)}"


def new_key() -> str:
    """A reading key of 65 random bits, in groups that can be read aloud."""
    key = _random(KEY_LENGTH)
    return f"{key[:5]}-{key[5:9]}-{key[9:]}"


def hash_key(key: str) -> str:
    """SHA-256 of the key as typed, give or take case, blanks and dashes."""
    plain = "".join(sign for sign in key.upper() if sign in ALPHABET)
    return sha256(plain.encode()).hexdigest()


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
