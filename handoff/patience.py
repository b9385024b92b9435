"""Tells a citizen once that the answer is coming, while the bot takes its time."""

from handoff import conversations, inbox
from handoff.db import Database
from handoff.inbox import Claimed
from handoff.knowledge import Knowledge
from handoff.speech import Speech
from handoff.tables import Message

MOMENT = 3.0  # seconds until then
A_MOMENT = "un_momento"


async def ask_for(database: Database, knowledge: Knowledge, job: Claimed) -> None:
    """Nothing when another worker or a person has it by now, or when it was told."""
    async with database.begin() as session:
        if not await inbox.holds(session, job):
            return
        conversation = await conversations.lock(session, job.conversation.id)
        message = await session.get_one(Message, job.message.id)
        is_overtaken = conversation.version != job.conversation.version
        if is_overtaken or await conversations.was_told(session, message.id, A_MOMENT):
            return
        speech = Speech(session, conversation, knowledge, reply_to=message)
        await speech.system(A_MOMENT, final=False)
