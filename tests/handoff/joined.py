"""Citizens who join their channels in a test."""

from handoff.gateway import Gateway
from handoff.tables import Message
from tests.handoff.talk import Citizen

CHANNELS = frozenset({"webchat", "telegram", "whatsapp", "email"})


async def code_of(citizen: Citizen) -> str:
    """What the citizen reads after asking."""
    [given] = await citizen.hears("collega")
    assert given.topic == "collega_codice"
    assert given.secret, given.text
    return given.secret


async def joins(giver: Citizen, taker: Citizen) -> list[Message]:
    """The whole way, as the taker hears its end."""
    code = await code_of(giver)
    [asked] = await taker.hears(f"collega {code}")
    assert asked.topic == "collega_consenso", asked.text
    return await taker.hears(payload="canali:si")


async def are_one(*citizens: Citizen) -> bool:
    ids = {(await citizen.conversation()).citizen_id for citizen in citizens}
    return len(ids) == 1 and None not in ids


async def stand_alone(*citizens: Citizen) -> bool:
    return {(await citizen.conversation()).citizen_id for citizen in citizens} == {None}


def on(gateway: Gateway, channel: str, address: str = "") -> Citizen:
    return Citizen(gateway, address=address or f"anna@{channel}", channel=channel)
