"""`python -m tests.torture.bot PORT SEED`: the bot's door in a process that can be killed."""

import random
import signal
import sys
from typing import Any

from tests.fake_bot import FakeBot

FASTEST, MEAN = 0.02, 0.15  # seconds


class ThinkingBot(FakeBot):
    def __init__(self, port: int, seed: int) -> None:
        super().__init__(port)
        self._chance = random.Random(seed)

    def answer(self, question: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.delay = FASTEST + self._chance.expovariate(1 / MEAN)
        self.asked.clear()
        return super().answer(question)


if __name__ == "__main__":
    with ThinkingBot(int(sys.argv[1]), int(sys.argv[2])):
        signal.pause()
