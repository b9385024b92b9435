"""An operator at the panel, over HTTP as a browser speaks it."""

import asyncio
from typing import Any

import httpx

from handoff.db import Database
from tests.journey.stuck import Stuck

LOOK = 0.05  # seconds between two looks at another process


class Office:
    """`http` keeps the session's cookie; `database`: of a service that runs in this process."""

    def __init__(self, http: httpx.AsyncClient, database: Database | None = None) -> None:
        self.http = http
        self.database = database
        self.csrf = ""

    async def enters(self, email: str, password: str) -> "Office":
        login = {"email": email, "password": password}
        self.csrf = (await self._posts("login", login))["csrf"]
        return self

    async def looks(self, path: str) -> dict[str, Any]:
        response = await self.http.get(f"/api/panel/{path}")
        _require(response)
        return dict(response.json())

    async def now(self, ticket: dict[str, Any]) -> dict[str, Any]:
        return await self.looks(f"tickets/{ticket['id']}")

    async def does(self, ticket: dict[str, Any], act: str, **body: Any) -> dict[str, Any]:
        """On the ticket as it is now; gives what it has become."""
        version = (await self.now(ticket))["version"]
        await self._posts(f"tickets/{ticket['id']}/{act}", {"version": version, **body})
        return await self.now(ticket)

    async def writes_down(self, **contact: Any) -> dict[str, Any]:
        """A contact by voice."""
        return await self._posts("contacts", contact)

    async def pause(self) -> None:
        """Until something may have changed."""
        if self.database is None:
            await asyncio.sleep(LOOK)
            return
        async with self.database.bell.listen("outbox") as heard:
            await heard.wait(0.1)

    async def _posts(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"X-CSRF-Token": self.csrf} if self.csrf else {}
        response = await self.http.post(f"/api/panel/{path}", json=body, headers=headers)
        _require(response)
        return dict(response.json())


def _require(response: httpx.Response) -> None:
    if response.is_error:
        path = response.request.url.path
        raise Stuck(f"{path} ha risposto {response.status_code}: {response.text[:200]}")
