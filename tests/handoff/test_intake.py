"""What comes in is counted where it is stored, and the numbers of providers are remembered."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from handoff.channel import Inbound, Mark, NotOffered, Passed, Reach
from handoff.db import Database
from handoff.gateway import Gateway
from handoff.intake import day_of, note
from handoff.tables import Intake, present


def mark(number: int, *, series: str = "updates", renewed_after: timedelta | None = None) -> Mark:
    return Mark(series=series, number=number, gapless=True, renewed_after=renewed_after)


async def kept(database: Database, series: str = "updates") -> list[Intake]:
    async with database.read() as session:
        return list(
            await session.scalars(
                select(Intake).where(Intake.series.startswith(series)).order_by(Intake.day)
            )
        )


async def note_all(database: Database, numbers: Sequence[int]) -> None:
    for number in numbers:
        async with database.begin() as session:
            await note(session, "post", mark(number))


@pytest.mark.parametrize(
    ("numbers", "taken", "last", "gaps"),
    [
        ((5, 6, 7), 3, 7, []),
        ((5, 6, 6, 5), 2, 6, []),
        ((5, 9), 2, 9, [(6, 8)]),
        ((5, 9, 7), 3, 9, [(6, 6), (8, 8)]),
        ((5, 9, 8, 6, 7, 7), 5, 9, []),
        ((5, 2**63), 1, 5, []),
    ],
    ids=["in order", "repeated", "a gap", "half filled", "filled", "absurd"],
)
async def test_numbers_left_out_are_remembered_until_they_come(
    database: Database,
    numbers: Sequence[int],
    taken: int,
    last: int,
    gaps: list[tuple[int, int]],
) -> None:
    await note_all(database, numbers)
    [row] = await kept(database)
    assert (row.taken, row.last_sequence) == (taken, last)
    assert [(gap["from"], gap["to"]) for gap in row.gaps] == gaps


async def test_a_number_of_yesterday_fills_yesterdays_gap(database: Database) -> None:
    await note_all(database, (5, 8))
    async with database.begin() as session:
        await session.execute(update(Intake).values(day=day_of(present()) - timedelta(days=1)))
    await note_all(database, (9, 7))
    yesterday, today = await kept(database)
    assert [(gap["from"], gap["to"]) for gap in yesterday.gaps] == [(6, 6)]
    assert (today.taken, today.last_sequence, today.gaps) == (2, 9, [])


@pytest.mark.parametrize(("quiet_for", "gaps"), [(6, 1), (7, 0)])
async def test_after_a_long_silence_a_provider_may_number_anew(
    database: Database, quiet_for: int, gaps: int
) -> None:
    await note_all(database, (5,))
    async with database.begin() as session:
        long_ago = day_of(present()) - timedelta(days=quiet_for)
        await session.execute(update(Intake).values(day=long_ago))
        await note(session, "post", mark(900, renewed_after=timedelta(days=7)))
    _, today = await kept(database)
    assert (today.last_sequence, len(today.gaps)) == (900, gaps)


async def test_all_at_once_are_all_counted(gateway: Gateway) -> None:
    first, *others = [
        Inbound(
            channel="post",
            external_id=str(number),
            address=str(number % 3),
            text="buongiorno",
            mark=mark(number),
        )
        for number in range(1, 13)
    ]
    await gateway.receive(first)
    await asyncio.gather(*map(gateway.receive, others))
    [series], parts = await kept(gateway.database), await kept(gateway.database, "#")
    assert (series.taken, series.last_sequence, series.gaps) == (12, 12, [])
    assert sum(part.taken for part in parts) == 12


async def test_what_is_not_stored_is_not_counted(gateway: Gateway) -> None:
    press = Inbound(
        channel="post", external_id="1", address="a", payload="mai_offerto", mark=mark(1)
    )
    with pytest.raises(NotOffered):
        await gateway.receive(press)
    assert await kept(gateway.database) == []
    assert await kept(gateway.database, "#") == []


async def test_a_repeat_counts_once_and_news_have_numbers_too(
    gateway: Gateway, app: FastAPI
) -> None:
    hello = Inbound(channel="post", external_id="1", address="a", text="ciao", mark=mark(1))
    for event in (
        hello,
        hello,
        Reach(channel="post", address="a", reachable=False, mark=mark(2)),
        Passed(channel="post", mark=mark(3)),
    ):
        await gateway.take(event)
    [series], [messages] = await kept(gateway.database), await kept(gateway.database, "#")
    assert (series.taken, series.last_sequence, series.gaps) == (3, 3, [])
    assert messages.taken == 1
