"""Asks much at once, one after the other, or on and on, and looks at the clock."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from bench.faces import Face


@dataclass(frozen=True)
class Throughput:
    per_second: float  # answered messages
    unanswered: float  # share
    times: Sequence[float]  # ms that each message took


async def crowd(face: Face, messages: Sequence[str], *, at_once: int) -> Throughput:
    """Every message from a sender of its own; sessions are opened before the clock starts."""
    waiting = [(str(uuid4()), text) for text in messages]
    for sender, _ in waiting:
        await face.greet(sender)
    queue = iter(waiting)
    began = time.perf_counter()
    asked = await asyncio.gather(*(_one_after_the_other(face, queue) for _ in range(at_once)))
    elapsed = time.perf_counter() - began
    outcomes = [outcome for each in asked for outcome in each]
    answered = sum(was for was, _ in outcomes)
    return Throughput(
        answered / elapsed, 1 - answered / len(messages), [took for _, took in outcomes]
    )


async def _one_after_the_other(
    face: Face, queue: Iterator[tuple[str, str]]
) -> list[tuple[bool, float]]:
    return [await _outcome(face, sender, text) for sender, text in queue]


async def alone(face: Face, messages: Sequence[str]) -> list[float]:
    """Milliseconds of each message, the first of its conversation, with nobody else there."""
    return [await _timed(face, await _newcomer(face), text) for text in messages]


async def on_and_on(face: Face, messages: Sequence[str]) -> list[float]:
    """Milliseconds of each message of one long conversation."""
    sender = await _newcomer(face)
    return [await _timed(face, sender, text) for text in messages]


async def _newcomer(face: Face) -> str:
    sender = str(uuid4())
    await face.greet(sender)
    return sender


async def _timed(face: Face, sender: str, text: str) -> float:
    return (await _outcome(face, sender, text))[1]


async def _outcome(face: Face, sender: str, text: str) -> tuple[bool, float]:
    began = time.perf_counter()
    answered = await face.ask(sender, text)
    return answered, (time.perf_counter() - began) * 1000
