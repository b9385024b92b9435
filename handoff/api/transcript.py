"""What a browser reads: pages of messages, waited for or streamed."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import conversations, joining
from handoff.db import Database
from handoff.notify import Heard, come_back
from handoff.tables import Conversation, Inbox, Message

KEEP_ALIVE = 15.0  # seconds; proxies close silent streams
UNASKED = 4  # silences until a stream looks by itself, should every ring be lost


STANDING = select(
    Conversation.holder,
    exists().where(Inbox.conversation_id == Conversation.id, Inbox.state.in_(("ready", "run"))),
).where(Conversation.id == bindparam("talk"))


@dataclass(frozen=True, slots=True)
class Page:
    messages: list[dict[str, Any]]
    holder: str
    typing: bool  # the bot is thinking about something the citizen said

    def as_json(self) -> dict[str, Any]:
        return {"messages": self.messages, "holder": self.holder}


def message_json(message: Message) -> dict[str, Any]:
    drawn = joining.squares(message)
    return {
        "id": message.id,
        "seq": message.seq,
        "reply_to": message.reply_to,
        "final": message.final,
        "author": message.author,
        "author_name": message.author_name,
        "text": message.text_for_citizen(),
        "buttons": message.buttons,
        "attachments": message.attachments,
        "topic": message.topic,
        "created_at": message.created_at.isoformat(),
        **({"qr": drawn} if drawn else {}),
    }


async def read_page(database: Database, conversation_id: str, *, after: int) -> Page:
    async with database.read() as session:
        return await page_in(session, conversation_id, after=after)


async def page_in(session: AsyncSession, conversation_id: str, *, after: int) -> Page:
    # how it stands first: what changes meanwhile rings, and is read again
    stands = (await session.execute(STANDING, {"talk": conversation_id})).one_or_none()
    found = await conversations.messages_after(session, conversation_id, seq=after)
    holder, unanswered = stands or ("bot", False)
    return Page(
        messages=[message_json(message) for message in found],
        holder=holder,
        typing=bool(unanswered) and holder == "bot",
    )


async def wait_for_more(
    database: Database,
    conversation_id: str,
    first: Page,
    *,
    after: int,
    seconds: float,
    rings: int,
) -> Page:
    """A page as soon as it says something new, or an empty one when the time is over.

    `rings`: how many there had been before `first` was read.
    """
    clock, page = asyncio.get_running_loop(), first
    ends = clock.time() + seconds
    async with database.bell.listen(f"conversation:{conversation_id}") as heard:
        if database.bell.rings != rings:  # perhaps for this one, before we listened
            heard.wake()
        while not page.messages and page.holder == first.holder and clock.time() < ends:
            if database.bell.is_closing:
                break
            await heard.wait(ends - clock.time())
            page = await read_page(database, conversation_id, after=after)
    return page


async def title_of(database: Database, conversation_id: str, payload: str) -> str | None:
    """What stands on the latest button with this payload."""
    async with database.read() as session:
        buttons = await session.scalars(
            select(Message.buttons)
            .where(Message.conversation_id == conversation_id, Message.author != "citizen")
            .order_by(Message.seq.desc())
            .limit(conversations.MAX_PAGE)
        )
        for button in chain.from_iterable(buttons):
            if button["payload"] == payload:
                return str(button["title"])
    return None


async def forget_shown_keys(database: Database, conversation_id: str, *, after: int) -> None:
    """A reading key is shown once: who asks for what comes after it has received it."""
    async with database.read() as session:
        if not await conversations.hides_key(session, conversation_id, seq=after):
            return
    async with database.begin() as session:
        await conversations.seen(session, conversation_id, seq=after)


@dataclass(slots=True)
class Stream:
    """Server-sent events of one conversation, from `after` on."""

    database: Database
    conversation_id: str
    after: int
    keep_alive: float = KEEP_ALIVE
    _told: dict[str, Any] = field(default_factory=dict, init=False)

    async def events(self) -> AsyncGenerator[str]:
        """Until the browser goes or we do. The first bytes leave at once, for proxies."""
        yield ": eccoci\n\n"
        async with self.database.bell.listen(f"conversation:{self.conversation_id}") as heard:
            while not self.database.bell.is_closing:
                page = await read_page(self.database, self.conversation_id, after=self.after)
                for event in self._news(page):
                    yield event
                if page.messages:
                    continue
                async for comment in self._silence(heard):
                    yield comment
        yield come_back()

    async def _silence(self, heard: Heard) -> AsyncIterator[str]:
        """Comments, until there may be something new."""
        for _ in range(UNASKED):
            if await heard.wait(self.keep_alive):
                return
            yield ": \n\n"

    def _news(self, page: Page) -> list[str]:
        news = [_event("message", message, id=message["seq"]) for message in page.messages]
        if page.messages:
            self.after = page.messages[-1]["seq"]
        news += self._changed("holder", {"holder": page.holder})
        return news + self._changed("typing", {"typing": page.typing, "author": "bot"})

    def _changed(self, event: str, data: dict[str, Any]) -> list[str]:
        if self._told.get(event) == data:
            return []
        self._told[event] = data
        return [_event(event, data)]


def _event(name: str, data: dict[str, Any], *, id: int | None = None) -> str:
    head = "" if id is None else f"id: {id}\n"
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
