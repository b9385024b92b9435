"""Says approved words in one conversation, in answer to one message."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handoff import conversations
from handoff.knowledge import Knowledge
from handoff.tables import KEY, Conversation, Message

BOT = "Assistente"
OFFICE = "Sportello"
COURTESIES = frozenset({"presa_in_carico", "un_momento"})  # topics: terse channels send none
NOTICE = "notice"  # in a citizen's message: that its answer owes one; in the answer: which it was


@dataclass(frozen=True, slots=True)
class Speech:
    session: AsyncSession
    conversation: Conversation
    knowledge: Knowledge
    reply_to: Message | None = None

    async def bot(
        self,
        key: str,
        values: Mapping[str, Any] | None = None,
        *,
        final: bool = True,
        secret: str | None = None,
        trace: Mapping[str, Any] | None = None,
    ) -> Message:
        """The assistant answers the message."""
        return await self._say("bot", BOT, key, values, final, secret, trace)

    async def system(
        self,
        key: str,
        values: Mapping[str, Any] | None = None,
        *,
        final: bool = True,
        secret: str | None = None,
        trace: Mapping[str, Any] | None = None,
    ) -> Message:
        """The office itself says how things stand."""
        return await self._say("system", OFFICE, key, values, final, secret, trace)

    async def _say(
        self,
        author: str,
        author_name: str,
        key: str,
        values: Mapping[str, Any] | None,
        final: bool,
        secret: str | None,
        trace: Mapping[str, Any] | None,
    ) -> Message:
        words = self.knowledge.wording(key, values)
        notice, shown = self._notice(words.topic)
        return await conversations.say(
            self.session,
            self.conversation,
            author=author,
            author_name=author_name,
            text=notice + words.text,
            buttons=words.buttons,
            topic=words.topic,
            reply_to=self.reply_to.id if self.reply_to else None,
            final=final and self.reply_to is not None,
            secret=secret if KEY in words.text else None,
            trace={"revision": words.revision, **shown, **(trace or {})},
        )

    def _notice(self, topic: str | None) -> tuple[str, dict[str, str]]:
        """The legal notice, where the first answer brings it along, and its revision.

        A courtesy does not: it would stay here, and the notice with it.
        """
        owed = self.reply_to.trace.get(NOTICE) if self.reply_to else None
        if topic in COURTESIES or owed is None or self.conversation.notice == owed["version"]:
            return "", {}
        words = self.knowledge.wording(owed["key"], {"privacy_url": owed["url"]})
        self.conversation.notice = owed["version"]
        return f"{words.text}\n\n", {NOTICE: words.revision}
