"""What a citizen may do with the data of their own conversation: read a copy, have it erased."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import attachments, joining, tickets
from handoff.knowledge import Knowledge
from handoff.speech import Speech
from handoff.tables import (
    BotTracker,
    Conversation,
    Message,
    Outbox,
    Survey,
    Ticket,
    TicketEvent,
)

PREFIX = "privacy:"
COPY, ERASE, SURELY = (PREFIX + step for step in ("copia", "cancella", "conferma"))
# Acts of the office: archive rules and the law on complaints keep them (GDPR, art. 17.3 b)
KEPT = frozenset({"reclamo", "dati", "rimborso", "cartella"})
CHUNK = 3000  # characters of a copy in one message
ROME = ZoneInfo("Europe/Rome")
AUTHORS = {"citizen": "Lei", "bot": "Assistente", "operator": "Operatore", "system": "Sportello"}


async def hear(
    session: AsyncSession, conversation: Conversation, message: Message, speech: Speech
) -> bool:
    """True if the message was a wish about one's data: then it is done and answered."""
    if message.payload == COPY:
        await _give_copy(session, conversation, message, speech)
    elif message.payload in (ERASE, SURELY):
        await _erase_or_ask(session, conversation, message, speech)
    else:
        return False
    return True


async def _erase_or_ask(
    session: AsyncSession, conversation: Conversation, message: Message, speech: Speech
) -> None:
    owned = await tickets.of_conversation(session, conversation.id)
    if waiting := _waiting(owned):
        await speech.system("dati_richiesta_aperta", {"pratica": waiting[0].name})
    elif message.payload == ERASE or not message.is_proven:
        key = "dati_conferma" if message.payload == ERASE else "dati_rispondendo"
        await speech.system(key, {"restano": _names(_kept(owned))})
    else:
        await erase(session, conversation, message, speech)
        await speech.system("dati_cancellati", {"restano": _names(_kept(owned))})


async def erase(
    session: AsyncSession, conversation: Conversation, message: Message, speech: Speech
) -> None:
    """Take out what was written; what is still to be sent and acts of the office stay."""
    owned = await tickets.of_conversation(session, conversation.id)
    erased = [ticket.id for ticket in owned if ticket.kind not in KEPT]
    unsent = select(Outbox.message_id).where(
        Outbox.conversation_id == conversation.id, Outbox.state.in_(("ready", "run"))
    )
    acts = [ticket.message_id for ticket in _kept(owned) if ticket.message_id]
    going = list(
        await session.scalars(
            select(Message.id).where(
                Message.conversation_id == conversation.id,
                Message.id.not_in([message.id, *acts]),
                Message.id.not_in(unsent),
            )
        )
    )
    await attachments.forget(session, going)
    await session.execute(
        update(Message)
        .where(Message.id.in_(going))
        .values(text=speech.knowledge.wording("testo_cancellato").text, buttons=[], secret=None)
    )
    await session.execute(update(Ticket).where(Ticket.id.in_(erased)).values(fields={}))
    await session.execute(
        update(TicketEvent).where(TicketEvent.ticket_id.in_(erased)).values(text=None)
    )
    await session.execute(
        update(Survey).where(Survey.conversation_id == conversation.id).values(comment=None)
    )
    await session.execute(delete(BotTracker).where(BotTracker.conversation_id == conversation.id))
    conversation.name = None
    await joining.forget(session, speech)


async def _give_copy(
    session: AsyncSession, conversation: Conversation, message: Message, speech: Speech
) -> None:
    """The whole of it, in as many messages as it needs."""
    parts = _chunks(await _lines(session, conversation, message, speech.knowledge))
    for number, part in enumerate(parts, start=1):
        values = {"parte": number, "parti": len(parts), "dati": part}
        await speech.system("dati_copia", values, final=number == len(parts))


async def _lines(
    session: AsyncSession, conversation: Conversation, message: Message, knowledge: Knowledge
) -> list[str]:
    said = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.seq < message.seq)
        .order_by(Message.seq)
    )
    owned = await tickets.of_conversation(session, conversation.id)
    joined = [
        joining.title_of(knowledge, each.channel)
        for each in await joining.others(session, conversation)
    ]
    return [
        *([f"Collegata a: {', '.join(joined)}"] if joined else ()),
        *(f"Richiesta {each.name} del {each.opened_at:%d/%m/%Y}" for each in owned),
        *(
            f"{each.created_at.astimezone(ROME):%d/%m/%Y %H:%M} {AUTHORS[each.author]}: "
            f"{each.text_for_citizen()}"
            for each in said
        ),
    ]


def _chunks(lines: Sequence[str]) -> list[str]:
    chunks = [""]
    for line in lines:
        if chunks[-1] and len(chunks[-1]) + len(line) > CHUNK:
            chunks.append("")
        chunks[-1] += line + "\n"
    return chunks


def _waiting(owned: Sequence[Ticket]) -> list[Ticket]:
    """Requests that a person is still seeing to, and which need what was written."""
    return [each for each in owned if each.state != "closed" and each.kind not in KEPT]


def _kept(owned: Sequence[Ticket]) -> list[Ticket]:
    return [each for each in owned if each.kind in KEPT]


def _names(kept: Sequence[Ticket]) -> str:
    return ", ".join(each.name for each in kept) or "nessuna"
