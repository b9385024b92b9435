"""A ticket's name, and the key with which its state can be read elsewhere."""

import re
import secrets
from hashlib import sha256

from handoff.tables import present

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U to mistake
LOOKALIKES = str.maketrans("OIL", "011")  # what is read for them, as Crockford reads it
NAME = re.compile(r"URP(\d{2})([0-9A-Z]{4})")
KEY_LENGTH = 13  # 13 × 5 bits = 65


def new_name() -> str:
    """`URP-26-7K3Q`: short enough to say on the phone; the unique index decides if it is free."""
    return f"URP-{present():%y}-{_random(4)}"


def new_key() -> str:
    """A reading key of 65 random bits, in groups that can be read aloud."""
    key = _random(KEY_LENGTH)
    return f"{key[:5]}-{key[5:9]}-{key[9:]}"


def hash_key(key: str) -> str:
    """SHA-256 of the key as typed, give or take case, blanks, dashes and O for 0."""
    return sha256(_plain(key).encode()).hexdigest()


def may_be_key(text: str) -> bool:
    """Whether it is as long as a key; nothing is said of any request."""
    return len(_plain(text)) == KEY_LENGTH


def read_name(text: str) -> str | None:
    """The name as it is stored, of "urp 26 7k3q" too; None if it can be none."""
    plain = re.sub(r"[\s\-‐-―.]", "", text.upper())
    if not (found := NAME.fullmatch(plain)) or not found[1].isascii():
        return None
    return f"URP-{found[1]}-{found[2].translate(LOOKALIKES)}"


def _plain(key: str) -> str:
    return "".join(sign for sign in key.upper().translate(LOOKALIKES) if sign in ALPHABET)


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
