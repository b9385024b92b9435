"""One turn of each side."""

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import load, stacks
from bench.faces import Door, Face, WebChat
from bench.programs import postgresql
from bench.scale import Scale

Figures = dict[str, float]


async def ours(
    messages: Sequence[str], talk: Sequence[str], *, scale: Scale, database: str = ""
) -> Figures:
    with (
        tempfile.TemporaryDirectory() as folder,
        stacks.ours(Path(folder), database=database) as (stack, chat, door),
    ):
        figures = await _measure(chat, messages, talk, scale=scale)
        figures |= await _added(chat, door, messages, scale=scale)
        return figures | {"start_s": stack.start_s, "memory_mb": stack.memory_mb()}


async def stock(messages: Sequence[str], talk: Sequence[str], *, scale: Scale) -> Figures:
    with tempfile.TemporaryDirectory() as folder, stacks.stock(Path(folder)) as (stack, rest):
        figures = await _measure(rest, messages, talk, scale=scale)
        return figures | {"start_s": stack.start_s, "memory_mb": stack.memory_mb()}


async def _added(chat: WebChat, door: Door, messages: Sequence[str], *, scale: Scale) -> Figures:
    """In turns, each with words that the bot has not just read: it remembers what it reads."""
    unread = messages[-2 * scale.alone :]
    both, bare = [], []
    for through_all, to_the_bot in zip(unread[::2], unread[1::2], strict=True):
        both += await load.alone(chat, [through_all])
        bare += await load.alone(door, [to_the_bot])
    return {
        "beside_door_ms": statistics.median(both),
        "door_ms": statistics.median(bare),
        "added_ms": statistics.median(both) - statistics.median(bare),
    }


async def _measure(
    face: Face, messages: Sequence[str], talk: Sequence[str], *, scale: Scale
) -> Figures:
    await load.alone(face, messages[:10])  # what is loaded on first use is loaded now
    crowd = await load.crowd(face, messages, at_once=scale.at_once)
    single = await load.alone(face, messages[: scale.alone])
    figures = {
        "per_second": crowd.per_second,
        "unanswered": crowd.unanswered,
        "alone_ms": statistics.median(single),
        "alone_p99_ms": statistics.quantiles(single, n=100)[-1],
    }
    return figures | (_growth(await load.on_and_on(face, talk), scale=scale) if talk else {})


async def ours_on_postgresql(
    messages: Sequence[str], talk: Sequence[str], *, scale: Scale
) -> Figures:
    with postgresql() as server:
        return await ours(messages, talk, scale=scale, database=server.url)


def _growth(times: Sequence[float], *, scale: Scale) -> Figures:
    early, late = statistics.mean(times[scale.early]), statistics.mean(times[scale.late])
    return {
        "first_20_ms": statistics.mean(times[:20]),
        "around_400_ms": statistics.mean(times[380:400] or times[-20:]),
        "early_ms": early,
        "late_ms": late,
        "growth": late / early,
    }


async def keep_the_bot_talking(messages: Sequence[str]) -> list[str]:
    """Those that the bot answers by itself, so that a long conversation stays with it."""
    with tempfile.TemporaryDirectory() as folder, stacks.ours(Path(folder)) as (_, chat, _door):
        return [text for text in dict.fromkeys(messages) if await _is_answered(chat, text)]


async def _is_answered(chat: WebChat, text: str) -> bool:
    await chat.greet(text)
    answered = await chat.ask(text, text)
    topic = chat.topics.get(text)
    return answered and chat.holders[text] == "bot" and topic not in {None, "scelta"}
