"""Every request has an id: the caller's if it is a plain token, else ours; told in the answer."""

import logging

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import journal

logger = logging.getLogger(__name__)


class RequestIds:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = journal.request_id_of(Headers(scope=scope).get(journal.HEADER))

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[journal.HEADER] = request_id
            await send(message)

        with journal.bound(request_id=request_id):
            try:
                await self._app(scope, receive, tell)
            except Exception:
                logger.exception("a request failed")  # the server's own line has no id any more
                raise
