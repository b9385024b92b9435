"""Both ways the same: when it was sent and the very bytes, signed with a secret that both know."""

import re
from collections.abc import Mapping

from fastapi import HTTPException

from handoff.channel.webhook import refuse_forged, signature

TIMESTAMP, SIGNATURE = "X-Sportello-Timestamp", "X-Sportello-Signature"
FRESH = 300  # seconds that the clocks of both sides, and the way, may take


def sealed(secret: str, body: bytes, now: float) -> dict[str, str]:
    """The headers to send along."""
    timestamp = str(int(now))
    return {TIMESTAMP: timestamp, SIGNATURE: _over(secret, timestamp, body)}


def refuse_unsealed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """401 unless the partner signed it, and just now: what was overheard is soon worth nothing."""
    timestamp = headers.get(TIMESTAMP, "")
    refuse_forged(headers.get(SIGNATURE), _over(secret, timestamp, body))
    if not re.fullmatch(r"\d{1,12}", timestamp, re.ASCII) or abs(now - int(timestamp)) > FRESH:
        raise HTTPException(401, "too old, or from the future")


def _over(secret: str, timestamp: str, body: bytes) -> str:
    return signature(secret, timestamp.encode() + b"." + body)
