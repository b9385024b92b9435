"""Files of operators: uploaded first, which may be repeated, then named in a message.

Facts: https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/saving-assets
"""

import asyncio
import json
import unicodedata
from typing import Any

import httpx

from handoff.channel import File, TemporaryFailure, UnknownOutcome
from handoff.channel.messaging.account import Account
from handoff.channel.messaging.refusals import refusal

SHOWN = {  # what Meta shows by itself; anything else is a file to be saved
    "image/jpeg": "image",
    "image/png": "image",
    "image/gif": "image",
    "audio/aac": "audio",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "audio/wav": "audio",
    "video/mp4": "video",
}
NOT_TAKEN = "Meta non ha accettato il file"


def kind_of(file: File) -> str:
    return SHOWN.get(file.media_type, "file")


class Uploading:
    def __init__(self, account: Account, http: httpx.AsyncClient, within: float) -> None:
        self._account = account
        self._http = http
        self._within = within  # seconds

    async def upload(self, file: File) -> str:
        """The id that a message can name for 90 days."""
        response = await self._post(file)
        if not response.is_success:
            error = refusal(response, late=False, token_setting=self._account.token_setting)
            raise TemporaryFailure(NOT_TAKEN) if isinstance(error, UnknownOutcome) else error
        try:
            return str(response.json()["attachment_id"])
        except (ValueError, KeyError, TypeError):
            raise TemporaryFailure(NOT_TAKEN) from None

    async def _post(self, file: File) -> httpx.Response:
        wanted: dict[str, Any] = {"type": kind_of(file), "payload": {"is_reusable": True}}
        platform = {"platform": self._account.platform} if self._account.platform else {}
        try:
            async with asyncio.timeout(self._within):
                return await self._http.post(
                    f"{self._account.url}/message_attachments",
                    data={**platform, "message": json.dumps({"attachment": wanted})},
                    files={"filedata": (_plain(file.name), file.content, file.media_type)},
                    headers={"Authorization": f"Bearer {self._account.token}"},
                )
        except (TimeoutError, httpx.HTTPError) as error:  # nobody has seen it yet
            raise TemporaryFailure(type(error).__name__) from None


def _plain(name: str) -> str:
    """Meta takes no other letters than ASCII's in a name."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return letters if letters.rpartition(".")[0].strip() else f"documento{letters}"
