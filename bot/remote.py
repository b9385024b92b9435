"""Calls to the action server, over connections that stay, checked by a schema that is read once.

Rasa 3.6 reads and checks the schema itself at every answer: 40 of the 48 ms that an action took.
It makes its remote actions in several places and names no class for them, hence `install`.
"""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any
from weakref import WeakKeyDictionary

from aiohttp import ClientSession
from jsonschema.validators import validator_for
from rasa.core.actions import action
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig

import journal

SCHEMA = RemoteAction.action_response_format_spec()
CHECK = validator_for(SCHEMA)(SCHEMA)


class CheckedAction(RemoteAction):
    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        CHECK.validate(result)
        return True


class ActionServer(EndpointConfig):
    """Rasa's opens a session and a connection for every call: 2 ms of each."""

    def __init__(self, url: str) -> None:
        # The whole domain is large: only the actions that name it in the domain get it
        super().__init__(url, enable_selective_domain=True)
        self._sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, ClientSession]
        self._sessions = WeakKeyDictionary()

    def session(self) -> AbstractAsyncContextManager[ClientSession]:
        """The running loop's own, which the caller's `async with` leaves open."""
        loop = asyncio.get_running_loop()
        if loop not in self._sessions:
            self._sessions[loop] = super().session()
        return nullcontext(self._sessions[loop])

    async def request(self, *arguments: Any, **options: Any) -> Any:
        headers = {**options.pop("headers", {}), **journal.headers()}
        return await super().request(*arguments, headers=headers, **options)

    async def close(self) -> None:
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()


def install() -> None:
    action.RemoteAction = CheckedAction
