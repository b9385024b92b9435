"""Satisfaction: asked when a ticket closes, one tap from 1 to 5, a comment if one likes."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import conversations
from handoff.channel import Button
from handoff.knowledge import Knowledge
from handoff.notify import ring
from handoff.tables import Conversation, Message, Survey, Ticket, present

PREFIX = "voto:"
COMMENT = PREFIX + "commento"
SCORES = ("1", "2", "3", "4", "5")
LONGEST_COMMENT = 2000  # characters


async def ask(
    session: AsyncSession, conversation: Conversation, ticket: Ticket, *, knowledge: Knowledge
) -> Survey:
    """Say that the request is closed and ask for a score. The conversation must be locked."""
    survey = Survey(ticket_id=ticket.id, conversation_id=conversation.id)
    session.add(survey)
    await _say(session, conversation, knowledge, "chiusura", pratica=ticket.name)
    scores = [Button(title=score, payload=PREFIX + score) for score in SCORES]
    await _say(session, conversation, knowledge, "sondaggio", buttons=scores)
    return survey


async def awaits_comment(session: AsyncSession, conversation_id: str) -> bool:
    return (
        await session.scalar(
            select(Survey.id)
            .where(Survey.conversation_id == conversation_id, Survey.awaits_comment)
            .limit(1)
        )
        is not None
    )


async def hear(
    session: AsyncSession, conversation: Conversation, message: Message, *, knowledge: Knowledge
) -> bool:
    """True if the message was a score or a comment: then it is stored and thanked for."""
    if not conversation.expects and not (message.payload or "").startswith(PREFIX):
        return False
    survey = await _last(session, conversation)
    if survey is None:
        return False
    value = (message.payload or "").removeprefix(PREFIX)
    if value in SCORES and message.payload != value:
        await _score(session, conversation, message, survey, int(value), knowledge)
    elif message.payload == COMMENT:
        survey.awaits_comment = conversation.expects = True
        await _say(session, conversation, knowledge, "sondaggio_commento", reply_to=message.id)
    elif survey.awaits_comment and message.text and message.payload is None:
        survey.awaits_comment = False
        survey.comment = message.text[:LONGEST_COMMENT]
        await _say(
            session, conversation, knowledge, "sondaggio_commento_grazie", reply_to=message.id
        )
    else:
        survey.awaits_comment = False  # they went on to something else
        return False
    ring(session, "tickets")
    return True


async def _score(
    session: AsyncSession,
    conversation: Conversation,
    message: Message,
    survey: Survey,
    score: int,
    knowledge: Knowledge,
) -> None:
    """The last tap counts."""
    survey.score, survey.answered_at = score, present()
    comment = Button(title="Aggiungi un commento", payload=COMMENT)
    await _say(
        session,
        conversation,
        knowledge,
        "sondaggio_grazie",
        reply_to=message.id,
        buttons=[comment],
    )


async def _last(session: AsyncSession, conversation: Conversation) -> Survey | None:
    found: Survey | None = await session.scalar(
        select(Survey)
        .where(Survey.conversation_id == conversation.id)
        .order_by(Survey.asked_at.desc())
        .limit(1)
    )
    return found


async def of_ticket(session: AsyncSession, ticket_id: str) -> Survey | None:
    found: Survey | None = await session.scalar(
        select(Survey)
        .where(Survey.ticket_id == ticket_id)
        .order_by(Survey.asked_at.desc())
        .limit(1)
    )
    return found


async def _say(
    session: AsyncSession,
    conversation: Conversation,
    knowledge: Knowledge,
    key: str,
    *,
    reply_to: str | None = None,
    buttons: list[Button] | None = None,
    pratica: str = "",
) -> None:
    words = knowledge.wording(key, {"pratica": pratica})
    await conversations.say(
        session,
        conversation,
        author="system",
        text=words.text,
        topic="sondaggio" if key.startswith("sondaggio") else words.topic,
        buttons=buttons or (),
        reply_to=reply_to,
        final=reply_to is not None,
    )
