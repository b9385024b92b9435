"""A sign that an answer is coming, and never more than a sign."""

import asyncio

from handoff.channel import Channel, Outbound, Receipt
from handoff.presence import Presence


class Post(Channel):
    name = "post"

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.shown = asyncio.Event()

    async def send(self, message: Outbound) -> Receipt:
        return Receipt()

    async def show_typing(self, address: str, message_id: str) -> None:
        self.shown.set()
        if self.failure:
            raise self.failure


async def test_the_channel_shows_it() -> None:
    post = Post()
    Presence({"post": post}).show("post", "anna", "7")
    async with asyncio.timeout(5):
        await post.shown.wait()


async def test_a_channel_that_cannot_harms_nobody() -> None:
    post = Post(RuntimeError("no"))
    presence = Presence({"post": post})
    presence.show("post", "anna", "7")
    async with asyncio.timeout(5):
        await post.shown.wait()
    presence.show("unknown", "anna", "7")
