"""Reading what a provider posts: at most so many bytes, signed, and JSON."""

import base64
import hashlib
import hmac
import json
from typing import Any, Literal

from fastapi import HTTPException, Request

LARGEST = 3_000_000  # bytes; WhatsApp batches a thousand updates into one post


async def read_body(request: Request, *, largest: int = LARGEST) -> bytes:
    """The raw bytes: signatures are made over them, not over what they mean. 413 if too many."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise HTTPException(413, "too large")
    return body


def signature(
    secret: str, body: bytes, *, form: Literal["hex", "base64"] = "hex", prefix: str = "sha256="
) -> str:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return prefix + (digest.hex() if form == "hex" else base64.b64encode(digest).decode())


def refuse_forged(given: str | None, *expected: str) -> None:
    """401 unless `given` is one of those expected, compared in constant time."""
    if not any(hmac.compare_digest((given or "").encode(), one.encode()) for one in expected):
        raise HTTPException(401, "not from the provider")


def as_object(body: bytes) -> dict[str, Any]:
    """The JSON object in the body; 400 if it is none."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise HTTPException(400, "not a JSON object")
    return read


def clean(value: object) -> str:
    """Text from outside: JSON can carry NUL and half surrogates, which no database takes."""
    text = value if isinstance(value, str) else ""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def fingerprint(body: bytes) -> str:
    """An id for what has none of its own."""
    return hashlib.sha256(body).hexdigest()[:32]
