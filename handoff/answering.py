"""Sees to a claimed message: the bot answers, or it joins a person's ticket."""

import asyncio
import logging
from contextlib import suppress
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

import journal
from handoff import conversations, inbox, joining, notices, patience, privacy, surveys, tickets
from handoff.bot import Answer, Bots, BotSilent, TicketWish
from handoff.db import Database
from handoff.inbox import Claimed
from handoff.joining import Joining
from handoff.knowledge import Expired, Knowledge, UnknownWords
from handoff.presence import Presence
from handoff.speech import Speech
from handoff.tables import Conversation, Message

LIKELIEST = 3  # topics that trainers see of what was considered
LONGEST_ASKED = 4_000  # characters: of a longer letter the bot's door takes none
logger = logging.getLogger(__name__)


class Answering:
    def __init__(
        self,
        database: Database,
        knowledge: Knowledge,
        bots: Bots,
        presence: Presence | None = None,
        joining: Joining | None = None,
        *,
        moment: float = patience.MOMENT,
    ) -> None:
        self.database = database
        self.knowledge = knowledge
        self._bots = bots
        self._presence = presence or Presence({})
        self._joining = joining or Joining()
        self._moment = moment

    async def answer(self, job: Claimed) -> None:
        """See to a claimed message: bot, queue or operator, as the word is held."""
        with journal.bound(
            request_id=job.message.trace.get("request_id"),
            conversation=job.conversation.id,
            message=job.message.id,
        ):
            await self._answer(job)

    async def _answer(self, job: Claimed) -> None:
        if job.attempts > inbox.MAX_ATTEMPTS:
            await self._bury(job)
        elif job.conversation.holder != "bot" or await self._is_for_us(job):
            await self._settle(job)
        else:
            answer = await self._ask_in_time(job)
            if answer is None and self.database.bell.is_closing:
                await self._leave(job)  # the bot may be ending with us: nothing is wrong
            else:
                await self._settle(job, answer, asked=True)

    async def _leave(self, job: Claimed) -> None:
        async with self.database.begin() as session:
            await inbox.again(session, job)

    async def _is_for_us(self, job: Claimed) -> bool:
        """Scores, comments, wishes about data and channels, the unreadable: not for the bot."""
        message = job.message
        if _is_for_handoff(message) or "unsupported" in message.trace:
            return True
        if message.attachments and not message.text:
            return True
        if joining.concerns(message):
            return True
        if not job.conversation.expects:
            return False
        async with self.database.read() as session:
            return await _awaits_an_answer(session, job.conversation.id)

    async def _ask_in_time(self, job: Claimed) -> Answer | None:
        """The bot's answer; who waits long for it is told once that it is coming."""
        asking = asyncio.create_task(self._ask(job))
        try:
            done, _ = await asyncio.wait({asking}, timeout=self._moment)
            if not done:
                with suppress(SQLAlchemyError):  # the answer matters more
                    await patience.ask_for(self.database, self.knowledge, job)
            return await asking
        finally:
            asking.cancel()

    async def _ask(self, job: Claimed) -> Answer | None:
        """A bot's answer; None when there is none to be had."""
        conversation = job.conversation
        self._presence.show(conversation.channel, conversation.address, job.external_id)
        try:
            return await self._bots.ask(_question(job), once=lambda: self.database.bell.is_closing)
        except BotSilent:
            return None

    async def _settle(
        self, job: Claimed, answer: Answer | None = None, *, asked: bool = False
    ) -> None:
        """Write down the outcome whole, or nothing if the lease is lost."""
        async with self.database.begin() as session:
            if not await inbox.finish(session, job):
                return
            if _may_reach_others(job.message):
                await joining.lock_circle(session, job.conversation.id)
            conversation = await conversations.lock(session, job.conversation.id)
            message = await session.merge(job.message, load=False)
            speech = Speech(session, conversation, self.knowledge, reply_to=message)
            if await self._answered_here(session, conversation, message, speech):
                return
            if conversation.holder != "bot":  # a person took over while the bot was thinking
                await self._join_ticket(session, conversation, speech)
            elif not asked or conversation.version != job.conversation.version:
                await inbox.reopen(session, job)  # a person had the word and gave it back
            elif answer is None:
                await self._fall_back(session, conversation, message, speech, "bot_muto")
            else:
                await self._say_answer(session, conversation, message, speech, answer)
        journal.note(logger, "seen to", decision=answer.decision if answer else None)

    async def _answered_here(
        self, session: AsyncSession, conversation: Conversation, message: Message, speech: Speech
    ) -> bool:
        done = await self._seen_to(session, conversation, message, speech)
        if conversation.expects:  # what it waited for may have come, or been let go
            conversation.expects = await _awaits_an_answer(session, conversation.id)
        return done

    async def _seen_to(
        self, session: AsyncSession, conversation: Conversation, message: Message, speech: Speech
    ) -> bool:
        if await joining.hear(session, message, speech, self._joining):
            return True
        if message.attachments and not message.text:
            await speech.system("allegato_ricevuto")
            return True
        if "unsupported" in message.trace:
            await speech.system("solo_testo")
            return True
        return await privacy.hear(session, conversation, message, speech) or await surveys.hear(
            session, conversation, message, knowledge=self.knowledge
        )

    async def _join_ticket(
        self, session: AsyncSession, conversation: Conversation, speech: Speech
    ) -> None:
        """Part of an open request; while nobody has taken it, say so."""
        if conversation.holder == "queue":
            name = await tickets.name_of(session, conversation.ticket_id)
            await speech.system("in_coda", {"pratica": name})

    async def _say_answer(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message: Message,
        speech: Speech,
        answer: Answer,
    ) -> None:
        conversation.reset_bot = False
        try:
            for reply in answer.replies:
                self.knowledge.wording(reply.say or "", reply.values)
        except UnknownWords as unknown:
            logger.error("nobody approved words for %s, or checked them in time", unknown)
            reason = "risposta_scaduta" if isinstance(unknown, Expired) else "parole_mancanti"
            await self._fall_back(session, conversation, message, speech, reason)
            return
        wish = answer.ticket
        if await self._is_refused(session, conversation, message, wish):
            await speech.system("richiesta_non_cambiata")
            return
        topics = {(reply.say or "").partition(".")[0] for reply in answer.replies}
        await notices.say_first(session, conversation, speech, topics)
        opened = await self._open_wished(session, conversation, message, wish)
        for number, reply in enumerate(answer.replies, start=1):
            await speech.bot(
                reply.say or "",
                reply.values | ({"pratica": opened.ticket.name} if opened else {}),
                final=number == len(answer.replies),
                secret=opened.key if opened else None,
                trace=_trace(answer),
            )

    async def _open_wished(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message: Message,
        wish: TicketWish | None,
    ) -> tickets.Opened | None:
        if wish is None or wish.kind in tickets.CHANGES:
            return None
        return await tickets.open_ticket(
            session,
            conversation,
            kind=wish.kind,
            reason=wish.reason,
            topic=wish.topic,
            fields=wish.fields,
            message_id=message.id,
        )

    async def _is_refused(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message: Message,
        wish: TicketWish | None,
    ) -> bool:
        """A change that no open request of this citizen took; else it is done here."""
        if wish is None or wish.kind not in tickets.CHANGES:
            return False
        name = str(wish.fields.get("pratica", ""))
        changed = await tickets.change(
            session, conversation, kind=wish.kind, name=name, text=message.text
        )
        return changed is None

    async def _fall_back(
        self,
        session: AsyncSession,
        conversation: Conversation,
        message: Message,
        speech: Speech,
        reason: str,
    ) -> None:
        """An honest sentence and a person, when the bot has nothing that may be said."""
        conversation.reset_bot = True
        opened = await tickets.open_ticket(
            session, conversation, kind="guasto", reason=reason, message_id=message.id
        )
        said = reason if reason == "risposta_scaduta" else "bot_assente"
        await speech.system(said, {"pratica": opened.ticket.name}, secret=opened.key)

    async def _bury(self, job: Claimed) -> None:
        """A message that keeps killing its worker: a person reads it, the others go on."""
        async with self.database.begin() as session:
            if not await inbox.finish(session, job, state="dead"):
                return
            conversation = await conversations.lock(session, job.conversation.id)
            message = await session.get_one(Message, job.message.id)
            speech = Speech(session, conversation, self.knowledge, reply_to=message)
            await self._fall_back(session, conversation, message, speech, "messaggio_bloccato")


async def _awaits_an_answer(session: AsyncSession, conversation_id: str) -> bool:
    """Whether a consent or a comment was asked for."""
    return await joining.awaits_consent(session, conversation_id) or await surveys.awaits_comment(
        session, conversation_id
    )


def _may_reach_others(message: Message) -> bool:
    return message.payload == privacy.SURELY or joining.may_reach_others(message)


def _is_for_handoff(message: Message) -> bool:
    return (message.payload or "").startswith((surveys.PREFIX, privacy.PREFIX))


def _question(job: Claimed) -> dict[str, Any]:
    message = job.message
    asked = message.text.strip()[:LONGEST_ASKED]
    said = {"payload": message.payload} if message.payload else {"text": asked}
    return {
        "conversation_id": job.conversation.id,
        "message_id": message.id,
        "metadata": {"channel": job.conversation.channel},
        "reset": job.conversation.reset_bot,
        **said,
    }


def _trace(answer: Answer) -> dict[str, Any]:
    """Why this was said, kept beside the message."""
    parse = answer.parse
    return {
        "model": answer.model,
        "decision": answer.decision,
        "intent": parse.get("intent"),
        "confidence": parse.get("confidence"),
        "ranking": (parse.get("ranking") or [])[:LIKELIEST],
    }
