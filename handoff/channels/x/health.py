"""What keeps X from working: asked of X itself, so that a green light means something."""

import time

import httpx

from handoff.channel import DeliveryError
from handoff.channel.calling import object_in
from handoff.channels.x.api import Api
from handoff.channels.x.messages import inner, listed
from handoff.channels.x.refusals import NO_CREDIT, REFUSED
from handoff.channels.x.settings import XSettings

ACCOUNT_EVERY = 3600.0  # seconds; each new day of it costs as much as a message
SILENT = "X non risponde"


class Health:
    def __init__(self, api: Api, settings: XSettings) -> None:
        self._api = api
        self._settings = settings
        self._asked_at: float | None = None  # when the account was last found well

    def doubt(self) -> None:
        """Ask at the next occasion: something happened."""
        self._asked_at = None

    async def trouble(self) -> str | None:
        try:
            return await self._webhook() or await self._subscription() or await self._account()
        except DeliveryError:
            return SILENT

    async def _webhook(self) -> str | None:
        response = await self._api.app("/2/webhooks")
        if not response.is_success:
            return _refusal(response, "SPORTELLO_X_BEARER_TOKEN")
        ours = [
            hook
            for hook in listed(object_in(response).get("data"))
            if hook.get("url") == self._settings.webhook_url
        ]
        if not ours:
            return "il nostro webhook non è registrato presso X"
        if not any(hook.get("valid") is True for hook in ours):
            return "X ha sospeso il nostro webhook: va convalidato di nuovo"
        return None

    async def _subscription(self) -> str | None:
        if self._settings.account_activity:
            return None
        response = await self._api.app("/2/activity/subscriptions")
        if not response.is_success:
            return _refusal(response, "SPORTELLO_X_BEARER_TOKEN")
        for one in listed(object_in(response).get("data")):
            watched = str(inner(one, "filter").get("user_id"))
            if one.get("event_type") == "dm.received" and watched == self._settings.account_id:
                return None
        return "manca l'iscrizione ai messaggi in arrivo (dm.received)"

    async def _account(self) -> str | None:
        now = time.monotonic()
        if self._asked_at is not None and now - self._asked_at < ACCOUNT_EVERY:
            return None
        response = await self._api.account()
        if not response.is_success:
            return _refusal(response, "SPORTELLO_X_ACCESS_TOKEN")
        if str(inner(object_in(response), "data").get("id")) != self._settings.account_id:
            return "le credenziali di X sono di un altro account"
        self._asked_at = now
        return None


def _refusal(response: httpx.Response, setting: str) -> str | None:
    match response.status_code:
        case 401 | 403:
            return f"{REFUSED}: vedere {setting}"
        case 402:
            return NO_CREDIT
        case 429:
            return None  # asked too often, which says nothing of the channel
    return f"{SILENT} come dovrebbe ({response.status_code})"
