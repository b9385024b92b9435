"""The numbers, shown to the machine itself or to whoever has the token; to nobody else."""

import hmac
from ipaddress import ip_address

from fastapi import APIRouter, HTTPException, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import SecretStr

from handoff.api.access import bearer
from handoff.metrics import Metrics

# a proxy on this machine looks like this machine: then what it adds tells that others ask
FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """404 to strangers, as any address that does not exist."""
    state = request.app.state
    if not _may_read(request, state.settings.metrics_token):
        raise HTTPException(404)
    shown: Metrics = state.metrics
    return Response(await shown.text(), media_type=CONTENT_TYPE_LATEST)


def _may_read(request: Request, token: SecretStr | None) -> bool:
    if token is not None:
        return hmac.compare_digest(bearer(request).encode(), token.get_secret_value().encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    return request.client is not None and _is_loopback(request.client.host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a socket file, or a test's client
        return False
