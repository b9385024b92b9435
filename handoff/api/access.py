"""Who may call: bearer tokens, compared in constant time."""

import hmac

from fastapi import HTTPException, Request
from pydantic import SecretStr


def bearer(request: Request) -> str:
    """The token of the Authorization header, or an empty text."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def require_secret(request: Request, secret: SecretStr) -> None:
    """401 unless the caller carries our secret."""
    ours = secret.get_secret_value().encode()
    if not hmac.compare_digest(bearer(request).encode(), ours):
        raise HTTPException(401, "Accesso non consentito.")
