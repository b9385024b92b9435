"""What did not arrive, at once or as a provider told later: who has to know of it."""

from sqlalchemy.ext.asyncio import AsyncSession

from handoff import conversations, tickets
from handoff.tables import Conversation, Message, Outbox

UNDELIVERED = "consegna"  # a kind of ticket that leaves the word where it is


async def note_failure(session: AsyncSession, outbox: Outbox) -> None:
    """A provider reported it: an operator's words are seen to, who is out of reach is marked."""
    message = await session.get_one(Message, outbox.message_id)
    conversation = await conversations.lock(session, outbox.conversation_id)
    if outbox.cause == "unreachable":
        conversation.unreachable = True
    if message.author == "operator":
        await _open(session, conversation, message.id)


async def call_a_person(session: AsyncSession, conversation_id: str, message_id: str) -> None:
    await _open(session, await conversations.lock(session, conversation_id), message_id)


async def _open(session: AsyncSession, conversation: Conversation, message_id: str) -> None:
    """Once per conversation, and not while somebody is looking at it anyway."""
    if conversation.holder != "bot":
        return
    if not await tickets.waits_for(session, conversation.id, kind=UNDELIVERED):
        await tickets.open_ticket(
            session,
            conversation,
            kind=UNDELIVERED,
            reason="non_consegnata",
            message_id=message_id,
        )
