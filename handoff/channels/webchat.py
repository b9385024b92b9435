"""Web chat: browsers fetch their messages from our API, so there is nothing to send."""

from typing import ClassVar

from handoff.channel import Channel, Outbound, PermanentFailure, Receipt


class WebChat(Channel):
    name: ClassVar[str] = "webchat"
    pulled: ClassVar[bool] = True

    async def send(self, message: Outbound) -> Receipt:
        raise PermanentFailure("the web chat is fetched, never sent to")


def channel() -> Channel:
    return WebChat()
