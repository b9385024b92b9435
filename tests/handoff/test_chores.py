"""What runs beside the work: it lives on, whatever happens to it, and says so."""

import asyncio
import logging

import pytest

from handoff.chores import Chores


class Odd:
    """Falls as often as it is told to, then works until it is cancelled."""

    def __init__(self, falls: int) -> None:
        self.falls = falls
        self.fallen, self.works = asyncio.Event(), asyncio.Event()

    async def run(self) -> None:
        if self.falls:
            self.falls -= 1
            self.fallen.set()
            raise KeyError("what Rosa wrote")
        self.works.set()
        await asyncio.Event().wait()


@pytest.mark.falls
async def test_one_that_falls_is_begun_anew_and_told_of_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    chores, odd = Chores(pause=0), Odd(falls=2)
    chores.begin("odd", odd.run)
    async with asyncio.timeout(5):
        await odd.works.wait()
    assert chores.are_well
    await chores.end()
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert [line.partition(" at ")[0] for line in told] == ["odd fell: KeyError"] * 2
    assert "Rosa" not in caplog.text


@pytest.mark.falls
async def test_while_one_lies_fallen_they_are_not_well_and_the_others_go_on() -> None:
    chores, odd, other = Chores(pause=60), Odd(falls=1), Odd(falls=0)
    chores.begin("odd", odd.run)
    chores.begin("other", other.run)
    async with asyncio.timeout(5):
        await odd.fallen.wait()
        await other.works.wait()
    assert not chores.are_well
    await chores.end()


@pytest.mark.falls
async def test_a_fall_is_remembered_for_a_while_and_a_library_that_cancels_itself_is_one() -> None:
    chores, again = Chores(pause=0), asyncio.Event()
    cancelled: list[int] = []

    async def cancels_itself() -> None:
        if cancelled:
            again.set()
            await asyncio.Event().wait()
        cancelled.append(1)
        raise asyncio.CancelledError

    chores.begin("odd", cancels_itself)
    async with asyncio.timeout(5):
        await again.wait()
    assert (chores.are_well, chores.fallen) == (True, ["odd"])
    await chores.end()


async def test_one_that_ends_by_itself_is_well() -> None:
    chores, done = Chores(), asyncio.Event()

    async def once() -> None:
        done.set()

    chores.begin("once", once)
    async with asyncio.timeout(5):
        await done.wait()
    await chores.end()
    assert chores.are_well
