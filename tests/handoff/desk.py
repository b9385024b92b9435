"""An operator in a test, at the panel's API with a browser's cookies and headers."""

from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI

from handoff.db import Database
from handoff.panel.operators import add_operator
from handoff.tables import Operator
from tests.handoff.files import PDF

PASSWORD = "cavallo batteria graffetta"


async def hire(database: Database, name: str, *, role: str = "operator") -> Operator:
    async with database.begin() as session:
        return await add_operator(
            session, email=f"{name}@example.it", name=name, password=PASSWORD, role=role
        )


@dataclass
class Desk:
    """One browser, logged in or not."""

    app: FastAPI
    host: str = "192.0.2.1"
    csrf: str = ""
    client: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, client=(self.host, 1)),
            base_url="http://testserver",
        )

    async def tries(self, email: str, password: str = PASSWORD) -> httpx.Response:
        return await self.client.post(
            "/api/panel/login", json={"email": email, "password": password}
        )

    async def enters(self, operator: Operator) -> "Desk":
        response = await self.tries(operator.email)
        assert response.status_code == 200, response.text
        self.csrf = response.json()["csrf"]
        return self

    async def looks(self, path: str, **options: Any) -> httpx.Response:
        return await self.client.get(f"/api/panel/{path}", **options)

    async def does(self, path: str, **body: Any) -> httpx.Response:
        return await self.client.post(
            f"/api/panel/{path}", json=body, headers={"X-CSRF-Token": self.csrf}
        )

    async def acts(self, ticket: dict[str, Any], action: str, **body: Any) -> httpx.Response:
        """On the version of the ticket that this desk saw."""
        path = f"tickets/{ticket['id']}/{action}"
        return await self.does(path, version=ticket["version"], **body)


async def uploads(
    desk: Desk, ticket: dict[str, Any], content: bytes = PDF, name: str = "modulo.pdf"
) -> httpx.Response:
    return await desk.client.post(
        f"/api/panel/tickets/{ticket['id']}/attachments",
        content=content,
        headers={"X-CSRF-Token": desk.csrf, "X-File-Name": name},
    )
