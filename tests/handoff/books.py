"""Conversations of a day gone by, as the ledger finds them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy.ext.asyncio import AsyncSession

from handoff import inbox, intake
from handoff.tables import Conversation, Message, Outbox, Ticket

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
EVENING = NOON + timedelta(hours=6)
NUMBERS = count(1)


@dataclass
class Talk:
    """One citizen's, on one channel. What is said comes a second after what was said before."""

    session: AsyncSession
    channel: str = "post"
    at: datetime = NOON
    pulled: bool = False
    conversation: Conversation = field(init=False)
    heard: Message = field(init=False)

    async def hears(
        self, *, state: str = "done", wants: str = "bot", text: str = "buongiorno"
    ) -> "Talk":
        if "conversation" not in self.__dict__:
            number = next(NUMBERS)
            self.conversation = Conversation(
                channel=self.channel, address=str(number), pulled=self.pulled, last_seq=0
            )
            self.session.add(self.conversation)
            await self.session.flush()
        self.heard = await self._add("citizen", text)
        inbox.put(
            self.session,
            self.heard,
            channel=self.channel,
            external_id=self.heard.id,
            state=state,
            wants=wants,
        )
        await intake.count(self.session, self.heard, self.channel)
        return self

    async def says(self, author: str, state: str | None = "sent", *, reply: bool = True) -> "Talk":
        message = await self._add(author, "ecco", reply_to=self.heard.id if reply else None)
        if state:
            self.session.add(
                Outbox(
                    conversation_id=self.conversation.id,
                    message_id=message.id,
                    channel=self.channel,
                    state=state,
                )
            )
        return self

    async def opens(self, state: str = "open", *, own: bool = True) -> "Talk":
        number = next(NUMBERS)
        self.session.add(
            Ticket(
                name=f"URP-{number}",
                key_hash="",
                conversation_id=self.conversation.id,
                message_id=self.heard.id if own else None,
                kind="persona",
                reason="richiesta",
                state=state,
                opened_at=self.at,
                closed_at=self.at + timedelta(hours=1) if state == "closed" else None,
            )
        )
        await self.session.flush()
        return self

    async def _add(self, author: str, text: str, reply_to: str | None = None) -> Message:
        self.conversation.last_seq += 1
        self.at += timedelta(seconds=1)
        message = Message(
            conversation_id=self.conversation.id,
            seq=self.conversation.last_seq,
            author=author,
            text=text,
            reply_to=reply_to,
            created_at=self.at,
        )
        self.session.add(message)
        await self.session.flush()
        return message
