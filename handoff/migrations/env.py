"""Alembic's entry: migrates the database of the settings."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from handoff.db import Database
from handoff.tables import Base


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite cannot alter a table in place
        compare_type=True,
    )
    context.run_migrations()


async def connect() -> None:
    database = Database(context.config.attributes["url"], patience=None)
    async with database.engine.begin() as connection:
        await connection.run_sync(migrate)
    await database.close()


asyncio.run(connect())
