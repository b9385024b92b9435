"""A ring that got lost between two processes is made up for."""

from handoff.db import Database
from handoff.gateway import Gateway
from handoff.missed_rings import MissedRings


async def test_a_change_that_another_process_made_rings_here(
    gateway: Gateway, database: Database
) -> None:
    """`database` is another process's: nothing carries rings from the gateway's to it."""
    conversation_id = await gateway.open_conversation(channel="webchat", address="a")
    rings = MissedRings(database)
    async with database.bell.listen(f"conversation:{conversation_id}") as heard:
        await rings.look()
        assert await heard.wait(0)


async def test_what_rang_already_stays_quiet(gateway: Gateway, database: Database) -> None:
    conversation_id = await gateway.open_conversation(channel="webchat", address="a")
    rings = MissedRings(database)
    await rings.look()
    async with database.bell.listen(f"conversation:{conversation_id}") as heard:
        await rings.look()
        assert not await heard.wait(0)
