"""Asks the service for records; a look-up that fails raises, so that nothing is ever invented."""

import asyncio
import os
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

import httpx

import journal

TIMEOUT = httpx.Timeout(2.0)
# Shorter than the service keeps a silent connection: none is used that it is just closing
KEPT = httpx.Limits(keepalive_expiry=2.0)
LONGEST_QUESTION = 500
Record = dict[str, Any]
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()


class LookUpFailed(Exception):
    """Says what went wrong without the address asked for: that holds a citizen's words."""


async def find(kind: str, text: str) -> tuple[list[Record], bool]:
    """The wards, desks, exams or doctors that the text may mean, best first; True if surely."""
    found = await _ask("GET", f"/api/internal/{kind}", params={"q": text[:LONGEST_QUESTION]})
    return list(found[kind]), bool(found.get("sure"))


async def one(kind: str, record_id: str) -> Record | None:
    path = f"/api/internal/{kind}/{quote(record_id, safe='')}"
    found: Record | None = await _ask("GET", path, missing=True)
    return found


async def find_wards(text: str) -> tuple[list[Record], bool]:
    return await find("wards", text)


async def switchboards() -> list[Record]:
    """Of each hospital whom to ring."""
    found = await _ask("GET", "/api/internal/switchboards")
    return list(found["switchboards"])


async def ticket_states(
    conversation: str, *, name: str | None = None, key: str | None = None
) -> list[dict[str, Any]]:
    question = {"conversation_id": conversation, "name": name, "key": key}
    given = {field: value for field, value in question.items() if value}
    found = await _ask("POST", "/api/internal/tickets/state", json=given)
    return list(found["tickets"])


async def begin() -> None:
    """Read the certificates, which takes 20 ms, before anybody waits."""
    _client()


async def close() -> None:
    """Ends the connections of the running loop."""
    if client := _clients.pop(asyncio.get_running_loop(), None):
        await client.aclose()


def _client() -> httpx.AsyncClient:
    """One for each event loop: a client and a connection for every question cost 3 ms."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = httpx.AsyncClient(timeout=TIMEOUT, limits=KEPT, trust_env=False)
    return _clients[loop]


async def _ask(method: str, path: str, *, missing: bool = False, **request: Any) -> Any:
    token = os.environ["SPORTELLO_INTERNAL_TOKEN"]
    headers = {"Authorization": f"Bearer {token}", **journal.headers()}
    url = os.environ["SPORTELLO_HANDOFF_URL"].rstrip("/") + path
    try:
        answer = await _client().request(method, url, headers=headers, **request)
    except httpx.HTTPError as error:
        raise LookUpFailed(f"no answer from the service: {type(error).__name__}") from None
    if missing and answer.status_code == httpx.codes.NOT_FOUND:
        return None
    if not answer.is_success:
        raise LookUpFailed(f"the service answered {answer.status_code}")
    return answer.json()
