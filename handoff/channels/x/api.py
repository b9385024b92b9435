"""Calls X: as our account, or as the app."""

import asyncio
from typing import Any

import httpx

from handoff.channel import File, TemporaryFailure
from handoff.channel.calling import AS_IT_IS, call, client, read_at_most
from handoff.channels.x.oauth import Keys, authorization
from handoff.channels.x.refusals import gone, not_taken, uploaded
from handoff.channels.x.settings import XSettings

ANSWER_WITHIN = 10.0  # seconds


class Api:
    def __init__(self, settings: XSettings, *, answer_within: float = ANSWER_WITHIN) -> None:
        self._settings = settings
        self._answer_within = answer_within
        self._http = client(answer_within=answer_within)
        self._keys = Keys(
            consumer_key=settings.consumer_key.get_secret_value(),
            consumer_secret=settings.consumer_secret.get_secret_value(),
            access_token=settings.access_token.get_secret_value(),
            access_token_secret=settings.access_token_secret.get_secret_value(),
        )

    async def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """As our account."""
        url = self._settings.api_url + path
        return await call(
            self._http,
            self._http.build_request(
                "POST", url, json=body, headers=self._as_account("POST", url)
            ),
        )

    async def upload(self, file: File) -> str:
        """The id of a picture that one message of ours can name within a day."""
        url = f"{self._settings.api_url}/2/media/upload"
        try:
            async with asyncio.timeout(self._answer_within):
                response = await self._http.post(
                    url,
                    data={"media_category": "dm_image", "media_type": file.media_type},
                    files={"media": (file.name, file.content, file.media_type)},
                    headers=self._as_account("POST", url),
                )
        except (TimeoutError, httpx.HTTPError) as error:  # nobody has seen it yet
            raise TemporaryFailure(f"X non prende il file ({type(error).__name__})") from None
        if not response.is_success:
            raise not_taken(response)
        return uploaded(response)

    async def account(self) -> httpx.Response:
        """Whose account our token is; X charges for it once a day."""
        url = f"{self._settings.api_url}/2/users/me"
        request = self._http.build_request("GET", url, headers=self._as_account("GET", url))
        return await call(self._http, request)

    async def app(self, path: str) -> httpx.Response:
        """As the app."""
        token = self._settings.bearer_token.get_secret_value()
        headers = {"Authorization": f"Bearer {token}"}
        url = self._settings.api_url + path
        return await call(self._http, self._http.build_request("GET", url, headers=headers))

    async def picture(self, reference: str, at_most: int) -> File:
        """Its owner's session or ours opens it: the address alone does not."""
        url = f"{self._settings.media_url}/1.1/ton/data/dm/{reference}"
        headers = self._as_account("GET", url) | AS_IT_IS
        try:
            async with self._http.stream("GET", url, headers=headers) as response:
                if not response.is_success:
                    raise gone(response)
                content = await read_at_most(response, at_most)
        except httpx.HTTPError as error:
            raise TemporaryFailure(f"X non risponde ({type(error).__name__})") from None
        media_type = response.headers.get("content-type", "")
        return File(name=reference.rpartition("/")[2], media_type=media_type, content=content)

    def _as_account(self, method: str, url: str) -> dict[str, str]:
        return {"Authorization": authorization(self._keys, method, url)}

    async def close(self) -> None:
        await self._http.aclose()
