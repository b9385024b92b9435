"""The hands that kill: at random moments, and what they kill is started again at once."""

import time
from collections import Counter
from collections.abc import Callable
from random import Random

from tests.torture.processes import Program
from tests.torture.stage import Stage

PAUSE = (0.2, 5.0)  # seconds between a start and the next kill
DURING_THE_START = 0.15  # of the kills
BOT_IS_AWAY = (0.0, 4.0)  # seconds


class Hands:
    def __init__(self, stage: Stage, chance: Random) -> None:
        self.kills: Counter[str] = Counter()
        self._stage = stage
        self._chance = chance
        self._deeds: list[Callable[[], None]] = [self._kill_one] * 12 + [self._kill_the_bot] * 2
        if stage.postgres:
            self._deeds += [self._hang_up] * 4 + [self._restart_postgres] * 2

    def work(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(self._chance.uniform(*PAUSE))
            self._chance.choice(self._deeds)()

    def rest(self) -> None:
        """Everybody lives again."""
        for program in (self._stage.bot, *self._stage.service):
            if program.has_died():
                program.start()
            program.wait()

    def _kill_one(self) -> None:
        program = self._chance.choice(self._stage.service)
        self._kill(program)
        while self._chance.random() < DURING_THE_START:
            time.sleep(self._chance.uniform(0.1, 3.0))
            self._kill(program)
        program.wait()

    def _kill(self, program: Program) -> None:
        if program.has_died():
            raise RuntimeError(f"{program.name} ended by itself: {program.last_words()}")
        self.kills[program.name.partition(" ")[0]] += 1
        program.kill()
        program.start()

    def _kill_the_bot(self) -> None:
        self.kills["bot"] += 1
        self._stage.bot.kill()
        time.sleep(self._chance.uniform(*BOT_IS_AWAY))
        self._stage.bot.start()

    def _hang_up(self) -> None:
        self.kills["connections"] += 1
        self._stage.hang_up()

    def _restart_postgres(self) -> None:
        self.kills["postgres"] += 1
        self._stage.restart_postgres()
