"""Signs a request as RFC 5849 (OAuth 1.0a) says, with HMAC-SHA1.

Not OAuth 2: its tokens end after two hours and each renewal gives another to renew with, which a
channel, that stores nothing, could not keep. X takes both for direct messages.
"""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    consumer_key: str
    consumer_secret: str
    access_token: str
    access_token_secret: str


def authorization(
    keys: Keys,
    method: str,
    url: str,
    *,
    fields: dict[str, str] | None = None,  # of a query or form; a JSON body is not signed
    nonce: str = "",
    timestamp: int | None = None,
) -> str:
    """The header that proves the request ours."""
    oauth = {
        "oauth_consumer_key": keys.consumer_key,
        "oauth_nonce": nonce or secrets.token_hex(16),
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(int(time.time()) if timestamp is None else timestamp),
        "oauth_token": keys.access_token,
        "oauth_version": "1.0",
    }
    oauth["oauth_signature"] = _signature(keys, method, url, {**oauth, **(fields or {})})
    return "OAuth " + ", ".join(f'{name}="{_quoted(oauth[name])}"' for name in sorted(oauth))


def _signature(keys: Keys, method: str, url: str, fields: dict[str, str]) -> str:
    pairs = sorted((_quoted(name), _quoted(value)) for name, value in fields.items())
    listed = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join(_quoted(part) for part in (method, url, listed))
    key = f"{_quoted(keys.consumer_secret)}&{_quoted(keys.access_token_secret)}"
    digest = hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _quoted(text: str) -> str:
    return quote(text, safe="~")
