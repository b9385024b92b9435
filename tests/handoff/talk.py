"""A citizen in a test: says things through the gateway and reads what comes back."""

from dataclasses import dataclass
from itertools import count

from handoff import conversations
from handoff.channel import Attachment, Inbound, Received
from handoff.db import Database
from handoff.gateway import Gateway
from handoff.tables import Conversation, Message

PATIENCE = 10.0  # seconds


@dataclass
class Citizen:
    gateway: Gateway
    address: str = "anna"
    channel: str = "webchat"
    last: Received | None = None

    def __post_init__(self) -> None:
        self._numbers = count(1)

    async def says(
        self,
        text: str = "",
        *,
        payload: str | None = None,
        files: tuple[Attachment, ...] = (),
        thread: str | None = None,
    ) -> Received:
        self.last = await self.gateway.receive(
            Inbound(
                channel=self.channel,
                external_id=f"{self.address}-{next(self._numbers)}",
                address=self.address,
                text=text,
                payload=payload,
                attachments=files,
                thread=thread,
            )
        )
        return self.last

    async def hears(
        self, text: str = "", *, payload: str | None = None, thread: str | None = None
    ) -> list[Message]:
        """Say it and wait for everything that answers it."""
        received = await self.says(text, payload=payload, thread=thread)
        return await answers(self.gateway.database, received)

    async def everything(self) -> list[Message]:
        assert self.last
        async with self.gateway.database.read() as session:
            return await conversations.messages_after(session, self.last.conversation_id, seq=0)

    async def conversation(self) -> Conversation:
        assert self.last
        async with self.gateway.database.read() as session:
            return await session.get_one(Conversation, self.last.conversation_id)


async def answers(database: Database, received: Received) -> list[Message]:
    """What answers this message, once the final one is there."""
    topic = f"conversation:{received.conversation_id}"
    async with database.bell.listen(topic) as heard:
        for _ in range(int(PATIENCE / 0.2)):
            found = [
                message
                for message in await _all(database, received.conversation_id)
                if message.reply_to == received.message_id
            ]
            if found and found[-1].final:
                return found
            await heard.wait(0.2)
    raise AssertionError("no final answer")


async def _all(database: Database, conversation_id: str) -> list[Message]:
    async with database.read() as session:
        return await conversations.messages_after(session, conversation_id, seq=0)
