"""Calling a provider: what never left and what got no answer are told apart."""

import ssl
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx

from handoff.channel.outgoing import PermanentFailure, TemporaryFailure, UnknownOutcome

NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


# not packed: a small answer must not unfold into a huge one
AS_IT_IS = {"Accept-Encoding": "identity"}


@cache
def authorities(*, of_environment: bool = False) -> ssl.SSLContext:
    """Whom we trust to vouch for a provider: reading them takes 20 ms, for each client anew.

    `of_environment`: those that SSL_CERT_FILE or SSL_CERT_DIR name, if any.
    """
    return httpx.create_ssl_context(trust_env=of_environment)


def client(*, answer_within: float) -> httpx.AsyncClient:
    """Calls past any proxy of the environment; an answer may take so many seconds."""
    return httpx.AsyncClient(verify=authorities(), trust_env=False, timeout=answer_within)


async def call(http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """The provider's answer, whatever it says; only the class of an error is told."""
    try:
        return await http.send(request)
    except NEVER_LEFT as error:
        raise TemporaryFailure(f"il provider non è raggiungibile ({_name(error)})") from None
    except httpx.HTTPError as error:
        raise UnknownOutcome(f"il provider non ha risposto ({_name(error)})") from None


async def read_at_most(response: httpx.Response, at_most: int) -> bytes:
    """The content of a streamed answer, asked for with `AS_IT_IS`; it stops at `at_most` bytes."""
    content = b""
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > at_most:
            raise PermanentFailure("l'allegato è troppo grande")
    return content


def object_in(response: httpx.Response) -> dict[str, Any]:
    """The JSON object that came, or an empty one: gateways answer with pages of their own."""
    try:
        read = response.json()
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def retry_after(response: httpx.Response, now: float) -> timedelta | None:
    """What the header Retry-After asks for, in either of its forms: RFC 9110, 10.2.3."""
    given = response.headers.get("retry-after", "")
    if given.isascii() and given.isdigit():
        return timedelta(seconds=min(int(given), 86_400))
    try:
        seconds = parsedate_to_datetime(given).timestamp() - now
    except ValueError:
        return None
    return timedelta(seconds=min(max(seconds, 1), 86_400))


def _name(error: Exception) -> str:
    return type(error).__name__
