"""`python -m bench.steady`: whether memory stays flat over very many messages.

`BENCH_STEADY` messages (100,000 by default), six to a conversation, sixteen at once.
"""

import asyncio
import itertools
import json
import os
import sys
import tempfile
from pathlib import Path
from uuid import uuid4

from bench import messages, stacks
from bench.faces import WebChat
from bench.programs import leave_nothing_when_stopped
from ops.places import ROOT
from ops.progress import say

COUNT = int(os.environ.get("BENCH_STEADY") or 100_000)
TALK = 6  # messages
AT_ONCE = 16
LOOKS = 20
RESULTS = Path(os.environ.get("BENCH_RESULTS") or ROOT / "bench" / "steady.json")


def main() -> None:
    leave_nothing_when_stopped()
    seen = asyncio.run(measure(COUNT))
    RESULTS.write_text(json.dumps(seen, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{json.dumps(seen)}\n")


async def measure(count: int) -> dict[str, object]:
    texts = itertools.cycle(messages.draw(messages.read(), 1000))
    with tempfile.TemporaryDirectory() as folder, stacks.ours(Path(folder)) as (stack, chat, _):
        megabytes, unanswered = [round(stack.memory_mb(), 1)], 0
        for look in range(1, LOOKS + 1):
            lines = (_talks(chat, texts, count // LOOKS // AT_ONCE) for _ in range(AT_ONCE))
            unanswered += sum(await asyncio.gather(*lines))
            megabytes.append(round(stack.memory_mb(), 1))
            say(f"{look * count // LOOKS} messages: {megabytes[-1]} MB")
    return {"messages": count, "unanswered": unanswered, "memory_mb": megabytes}


async def _talks(chat: WebChat, texts: "itertools.cycle[str]", count: int) -> int:
    """How many of so many messages were not answered."""
    unanswered = 0
    for number in range(count):
        if number % TALK == 0:
            sender = str(uuid4())
            await chat.greet(sender)
        unanswered += not await chat.ask(sender, next(texts))
        if chat.holders[sender] != "bot":  # a person would answer now
            await chat.greet(sender)
    return unanswered


if __name__ == "__main__":
    main()
