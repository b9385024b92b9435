"""Requests of a citizen in a test, opened as the bot's forms open them."""

from sqlalchemy import update

from handoff import conversations, tickets
from handoff.tables import Ticket
from handoff.tickets import Opened
from tests.handoff.talk import Citizen


async def opened_by(citizen: Citizen, kind: str = "reclamo", **values: object) -> Opened:
    """A request that leaves the word with the bot; `values` are written into it afterwards."""
    if citizen.last is None:
        await citizen.hears("dove posso parcheggiare?")
    async with citizen.gateway.database.begin() as session:
        talk = await conversations.lock(session, (await citizen.conversation()).id)
        opened = await tickets.open_ticket(session, talk, kind=kind, reason="modulo")
        if values:
            changed = update(Ticket).where(Ticket.id == opened.ticket.id).values(**values)
            await session.execute(changed)
    return opened


async def now(citizen: Citizen, ticket: Ticket) -> Ticket:
    async with citizen.gateway.database.read() as session:
        return await session.get_one(Ticket, ticket.id)
