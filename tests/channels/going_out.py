"""What the service sends, watched from outside its channels."""

import asyncio
from collections.abc import Callable

from fastapi import FastAPI
from sqlalchemy import select

from handoff.db import Database
from handoff.tables import Outbox


async def outbox(service: FastAPI, *, number: int, state: str) -> Outbox:
    """The n-th message that goes out, as soon as it has come to this state."""
    rows = await _until(
        service, lambda rows: len(rows) >= number and rows[number - 1].state == state
    )
    return rows[number - 1]


async def all_out(service: FastAPI, *, count: int, state: str) -> list[Outbox]:
    """So many messages, as soon as they all have come to this state."""
    return await _until(service, lambda rows: [row.state for row in rows] == [state] * count)


async def _until(service: FastAPI, condition: Callable[[list[Outbox]], bool]) -> list[Outbox]:
    database: Database = service.state.database
    async with asyncio.timeout(20), database.bell.listen("outbox") as heard:
        while True:
            async with database.read() as session:
                rows = list(await session.scalars(select(Outbox).order_by(Outbox.id)))
            if condition(rows):
                return rows
            await heard.wait(0.2)
