"""A citizen's browser in a test, seen from the API."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

ROOT = "/api/webchat"


@dataclass
class Browser:
    client: httpx.AsyncClient
    token: str
    conversation_id: str
    messages: list[dict[str, Any]]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def posts(self, **body: Any) -> httpx.Response:
        """Post a message with an id of its own, unless one is given."""
        body = {"client_message_id": str(uuid4()), **body}
        return await self.client.post(f"{ROOT}/messages", json=body, headers=self.headers)

    async def posts_raw(self, content: Any, **headers: str) -> httpx.Response:
        return await self.client.post(
            f"{ROOT}/messages", content=content, headers={**self.headers, **headers}
        )

    async def page(self, **query: Any) -> dict[str, Any]:
        response = await self.client.get(f"{ROOT}/messages", params=query, headers=self.headers)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def asks(self, **body: Any) -> list[dict[str, Any]]:
        """Post, then wait for everything that answers it."""
        response = await self.posts(**body)
        assert response.status_code == 202, response.text
        after, mine, heard = response.json()["seq"], response.json()["id"], []
        while not any(message["final"] for message in heard):
            found = (await self.page(after=after, wait=10))["messages"]
            assert found, "no final answer"
            heard += [message for message in found if message["reply_to"] == mine]
            after = found[-1]["seq"]
        return heard


async def open_browser(client: httpx.AsyncClient) -> Browser:
    response = await client.post(f"{ROOT}/sessions")
    assert response.status_code == 201, response.text
    return Browser(client, **response.json())
