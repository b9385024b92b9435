"""What an error of the database tells: it ends in logs."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from handoff.db import Database


async def test_an_error_does_not_quote_what_a_citizen_wrote(database: Database) -> None:
    with pytest.raises(DBAPIError) as raised:
        async with database.begin() as session:
            await session.execute(text("select :said from nowhere"), {"said": "mi chiamo Rosa"})
    assert "nowhere" in str(raised.value)
    assert "Rosa" not in str(raised.value)
