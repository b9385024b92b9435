"""The conversations of one citizen: those that share a `citizen_id`, and nothing else does it."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import tickets
from handoff.joining.codes import claimed
from handoff.notify import ring
from handoff.tables import CitizenChange, Conversation, new_id
from handoff.tickets.state import note_down

JOINED, PARTED, LEFT = "joined", "parted", "left"


async def others(session: AsyncSession, conversation: Conversation) -> list[Conversation]:
    """The same citizen's other conversations, the oldest first."""
    if conversation.citizen_id is None:
        return []
    found = await session.scalars(
        select(Conversation)
        .where(
            Conversation.citizen_id == conversation.citizen_id,
            Conversation.id != conversation.id,
        )
        .order_by(Conversation.created_at, Conversation.id)
    )
    return list(found)


async def lock_circle(session: AsyncSession, conversation_id: str) -> None:
    """Lock all that a consent or its undoing here may change, everywhere in the same order.

    Must come before any other lock of a conversation in this transaction.
    """
    locked: set[str] = set()
    while missing := await _circle(session, conversation_id) - locked:
        await session.execute(
            select(Conversation.id)
            .where(Conversation.id.in_(missing))
            .order_by(Conversation.id)
            .with_for_update()
        )
        locked |= missing


async def _circle(session: AsyncSession, conversation_id: str) -> set[str]:
    """Itself, who gave the code that waits here, and whoever is joined with either."""
    code = await claimed(session, conversation_id)
    ids = {conversation_id} | ({code.conversation_id} if code else set())
    joined = select(Conversation.citizen_id).where(
        Conversation.id.in_(ids), Conversation.citizen_id.is_not(None)
    )
    more = await session.scalars(
        select(Conversation.id).where(Conversation.citizen_id.in_(joined))
    )
    return ids | set(more)


async def join(
    session: AsyncSession, taker: Conversation, giver: Conversation, *, words: str
) -> tuple[list[Conversation], list[Conversation]]:
    """Make one citizen of both and of all joined with either; `words`: what was consented to.

    The others on the taker's side and all on the giver's. All must be locked.
    """
    takers, givers = await others(session, taker), [giver, *await others(session, giver)]
    citizen_id = giver.citizen_id or taker.citizen_id or new_id()
    for each in (taker, *takers, *givers):
        each.citizen_id = citizen_id
    session.add(
        CitizenChange(
            kind=JOINED,
            citizen_id=citizen_id,
            conversation_id=taker.id,
            with_id=giver.id,
            words=words,
        )
    )
    await _note(session, givers, "linked", taker.channel)
    await _note(session, [taker, *takers], "linked", giver.channel)
    return takers, givers


async def part(session: AsyncSession, conversation: Conversation) -> list[Conversation]:
    """All of them stand alone again; those besides this one. All must be locked."""
    return await _separate(session, conversation, PARTED, stay=False)


async def leave(session: AsyncSession, conversation: Conversation) -> list[Conversation]:
    """This one stands alone again, the rest stay together if they are two or more."""
    return await _separate(session, conversation, LEFT, stay=True)


async def _separate(
    session: AsyncSession, conversation: Conversation, kind: str, *, stay: bool
) -> list[Conversation]:
    rest = await others(session, conversation)
    if conversation.citizen_id is None:
        return []
    session.add(
        CitizenChange(
            kind=kind, citizen_id=conversation.citizen_id, conversation_id=conversation.id
        )
    )
    for each in (conversation, *(rest if not stay or len(rest) == 1 else ())):
        each.citizen_id = None
    await _note(session, [conversation, *rest], "unlinked", conversation.channel)
    return rest


async def _note(
    session: AsyncSession, whose: Iterable[Conversation], kind: str, channel: str
) -> None:
    """In the history of what is still open; `channel`: of the other side."""
    for conversation in whose:
        for ticket in await tickets.of_conversation(session, conversation.id):
            if ticket.state != "closed":
                note_down(session, ticket, kind, text=channel)
    ring(session, "tickets")
