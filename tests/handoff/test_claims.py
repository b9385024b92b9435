"""A claim costs the same however many wait and however much was done before."""

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import inbox
from handoff.db import Database
from handoff.tables import Conversation, Inbox, Message, new_id

DONE, WAITING = 10_000, 1_000
VISITED = text(
    "select coalesce(sum(idx_tup_fetch + seq_tup_read), 0) "
    "from pg_stat_xact_user_tables where relname = 'inbox'"
)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_claim_looks_at_few_rows_in_a_burst_that_statistics_do_not_know(
    database: Database,
) -> None:
    async with database.begin() as session:
        await fill(session, DONE, "done", talks=100)
        await session.execute(text("analyze inbox"))
        await fill(session, WAITING, "ready", talks=WAITING)
    for _ in range(8):  # after five, PostgreSQL may plan once for all parameters
        async with database.begin() as session:
            jobs = await inbox.claim(session, owner="here:1:x", limit=4)
            visited = await session.scalar(VISITED)
            await session.rollback()
        assert len(jobs) == 4
        assert visited < 100


async def fill(session: AsyncSession, count: int, state: str, *, talks: int) -> None:
    """So many messages in so many conversations."""
    ids = [new_id() for _ in range(talks)]
    said = [
        {"id": new_id(), "conversation_id": ids[n % talks], "seq": n, "author": "citizen"}
        for n in range(count)
    ]
    web = {"channel": "webchat"}
    await session.execute(insert(Conversation), [web | {"id": i, "address": i} for i in ids])
    await session.execute(insert(Message), [each | {"text": "ciao"} for each in said])
    jobs = [
        web
        | {
            "conversation_id": each["conversation_id"],
            "message_id": each["id"],
            "external_id": each["id"],
            "state": state,
        }
        for each in said
    ]
    await session.execute(insert(Inbox), jobs)
