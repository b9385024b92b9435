"""What Messenger, Instagram and WhatsApp share: the handshake, the signature, the errors.

Facts: https://developers.facebook.com/documentation/business-messaging (webhooks, error codes).
"""

import hmac
from collections.abc import Iterator
from typing import Any

import httpx
from fastapi import HTTPException, Request, Response

from handoff.channel.calling import NEVER_LEFT
from handoff.channel.outgoing import TemporaryFailure, UnknownOutcome
from handoff.channel.webhook import as_object, read_body, refuse_forged, signature

SIGNATURE = "X-Hub-Signature-256"
HOSTS = (".fbcdn.net", ".fbsbx.com", ".cdninstagram.com", ".whatsapp.net")  # where files lie


def shake_hands(request: Request, verify_token: str) -> Response:
    """The answer to the GET that proves the address ours; 403 to anybody else."""
    asked = request.query_params
    given = asked.get("hub.verify_token", "").encode()
    if asked.get("hub.mode") != "subscribe" or not hmac.compare_digest(
        given, verify_token.encode()
    ):
        raise HTTPException(403, "not the token that we chose")
    return Response(asked.get("hub.challenge", ""), media_type="text/plain")


async def read_signed(request: Request, *app_secrets: str) -> dict[str, Any]:
    """The JSON object that Meta posted: 401 unless one of the secrets signed its very bytes."""
    body = await read_body(request)
    refuse_forged(
        request.headers.get(SIGNATURE), *(signature(secret, body) for secret in app_secrets)
    )
    return as_object(body)


def is_metas(url: str | httpx.URL) -> bool:
    """Whether a file's address is one of Meta's own."""
    try:
        at = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return at.scheme == "https" and at.port is None and at.host.endswith(HOSTS)


def objects(value: object) -> Iterator[dict[str, Any]]:
    """The objects of a list that should hold objects: whatever else is in it is left out."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


async def post(
    http: httpx.AsyncClient, url: str, body: dict[str, Any], token: str
) -> httpx.Response:
    """Call the Graph API; what never left and what got no answer are told apart."""
    try:
        return await http.post(url, json=body, headers={"Authorization": f"Bearer {token}"})
    except NEVER_LEFT as error:
        raise TemporaryFailure(type(error).__name__) from None
    except httpx.HTTPError as error:
        raise UnknownOutcome(type(error).__name__) from None


def error_of(response: httpx.Response) -> tuple[int, int]:
    """Code and subcode of a refusal; (-1, 0) where the answer makes no sense."""
    try:
        error = response.json()["error"]
        return int(error["code"]), int(error.get("error_subcode") or 0)
    except (ValueError, KeyError, TypeError):
        return -1, 0
