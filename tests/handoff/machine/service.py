"""The steps that hypothesis chooses from, and what it checks after each of them."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from handoff.bot import BotSilent
from handoff.channel import Inbound, Receipt, Status
from handoff.leases import SEND_WITHIN
from handoff.tables import Ticket
from handoff.tickets import Conflict
from tests.handoff.machine.promises import Promises, stand
from tests.handoff.machine.stage import FAILURES, TOOK, WORDS, answer_to
from tests.handoff.machine.world import Work, World

CHANNELS = ("page", "post", "letters")
STEPS = ("take", "reply", "note", "close", "reopen", "hand_back")
# what comes between a call and its outcome; after so many lost transactions the outcome is stored
# all the same, the job is put back, or neither
MISHAPS = ("killed", "killed too late", "slow", "stored, but nobody heard", 1, 3, 4)
LONG = 3600.0  # seconds
ANY = st.integers(0, 10)
Told = TypeVar("Told")


class Service(RuleBasedStateMachine):
    """What cannot be done at a moment does nothing. As preconditions, these would make the choices
    depend on the service, whose races and pauses do not end the same way each time; hypothesis
    rightly gives up on that."""

    def __init__(self, url: str, runner: asyncio.Runner) -> None:
        super().__init__()
        self._runner = runner
        self.world = World(url)
        self.run(self.world.begin())
        self.promises = Promises(self.world.channels)
        self.letters: list[Inbound] = []  # written by citizens, whether they arrived or not
        self.numbers = count(1)
        self.clock_is_off = 0

    def run(self, step: Coroutine[Any, Any, Told]) -> Told:
        return self._runner.run(step)

    # Citizens

    @rule(channel=st.sampled_from(CHANNELS), words=st.sampled_from(list(WORDS)))
    def write(self, channel: str, words: str) -> None:
        self._arrive(self._written(channel, words))

    @rule(channel=st.sampled_from(CHANNELS), words=st.sampled_from(list(WORDS)))
    def write_while_the_net_is_slow(self, channel: str, words: str) -> None:
        self._written(channel, words)

    @rule(which=ANY)
    def deliver_late_or_again(self, which: int) -> None:
        for letter in _one(self.letters, which):
            self._arrive(letter)

    @rule(which=ANY)
    def deliver_twice_at_once(self, which: int) -> None:
        async def both(letter: Inbound) -> None:
            await asyncio.gather(self._receive(letter), self._receive(letter))

        for letter in _one(self.letters, which):
            self.run(both(letter))

    def _written(self, channel: str, words: str) -> Inbound:
        number = next(self.numbers)
        letter = Inbound(
            channel=channel,
            external_id=f"{words}-{number}",
            address="anna",
            text=f"{WORDS[words]} ({number})",
        )
        self.letters.append(letter)
        return letter

    def _arrive(self, letter: Inbound) -> None:
        self.run(self._receive(letter))

    async def _receive(self, letter: Inbound) -> None:
        received = await self.world.receive(letter)
        self.promises.accept(letter.channel, letter.external_id, received.message_id)
        if letter.external_id.startswith("emergenza"):
            self.promises.emergencies.add(received.message_id)

    # Workers

    @rule(queue=st.sampled_from(("inbox", "outbox")), begins=st.sampled_from((True, True, False)))
    def claim(self, queue: Any, begins: bool) -> None:
        work = self.run(self.world.claim(queue))
        if work and begins:
            self.run(self.world.see_to(work))

    @rule(queue=st.sampled_from(("inbox", "outbox", "outbox")))
    def work_undisturbed(self, queue: Any) -> None:
        work = self.run(self.world.claim(queue))
        if work:
            self.run(self._finish(work))

    @rule(which=ANY)
    def see_to(self, which: int) -> None:
        for work in _one(self._idle(), which):
            self.run(self.world.see_to(work))

    @rule(which=ANY, how=st.sampled_from(("answers", "answers", "is silent")))
    def bot(self, which: int, how: str) -> None:
        for work in _one(self._asking("inbox"), which):
            silent = BotSilent("unreachable", "down")
            answer = answer_to(work.job.message.text) if how == "answers" else silent
            self.run(self.world.let(work, answer))

    @rule(which=ANY, how=st.sampled_from(("ok", "ok", *FAILURES)))
    def provider(self, which: int, how: str) -> None:
        for work in _one(self._asking("outbox"), which):
            self.run(self._provide(work, how))

    @rule(queue=st.sampled_from(("inbox", "outbox", "outbox")), how=st.sampled_from(MISHAPS))
    def work_with_a_mishap(self, queue: Any, how: str | int) -> None:
        """A number: so many transactions fail, when the outcome is known and must be stored."""
        work = self.run(self.world.claim(queue))
        if not work:  # an emergency's answer must leave at once, and not twice
            self.write("post", "parcheggio" if queue == "inbox" else "emergenza")
            work = self.run(self.world.claim(queue))
        if work:
            self.run(self.world.see_to(work))
        if work and work.gate:
            self._befall(work, how)

    def _befall(self, work: Work, how: str | int) -> None:
        match how:
            case "killed" | "killed too late":
                self._kill(work, provider_has_it=how == "killed too late")
            case "slow":  # it goes on some time, when its lease ran out
                self._time_passes(61.0)
            case "stored, but nobody heard":
                self.world.workers_database.unheard = 1
                self.run(self._well(work))
                self.world.workers_database.unheard = 0
            case int():
                self.world.workers_database.away = how
                self.run(self._well(work))
                self.world.workers_database.away = 0

    @rule(which=ANY, provider_has_it=st.booleans())
    def kill_a_worker(self, which: int, provider_has_it: bool) -> None:
        for work in _one(self.world.works, which):
            self._kill(work, provider_has_it=provider_has_it)

    def _kill(self, work: Work, *, provider_has_it: bool) -> None:
        if work.queue == "outbox" and work.gate and provider_has_it:
            self._took(work)
        self.run(self.world.kill(work))

    @rule()
    def restart(self) -> None:
        self.run(self.world.restart())

    @rule(seconds=st.sampled_from((1.0, 35.0, 61.0, 301.0, 301.0)))
    def time_passes(self, seconds: float) -> None:
        self._time_passes(seconds)

    def _time_passes(self, seconds: float) -> None:
        self.run(self._grow_older(seconds))

    async def _grow_older(self, seconds: float) -> None:
        """Who sends is cut off in time: every other message has arrived, the rest never will."""
        await self.world.pass_time(seconds)
        for work in self._asking("outbox"):
            if work.is_older_than(SEND_WITHIN) and not work.is_late:
                if work.job.id % 2:
                    self._took(work)
                work.is_late = True

    @rule(hours=st.sampled_from((-1, 0, 1)))
    def wall_clock_jumps(self, hours: int) -> None:
        self.run(self.world.move_wall_clock(timedelta(hours=hours - self.clock_is_off)))
        self.clock_is_off = hours

    @rule()
    def look_after_the_unknown(self) -> None:
        self.run(self.world.delivery.look_after_the_unknown())

    @rule(which=ANY, state=st.sampled_from(("sent", "delivered", "read", "failed")))
    def provider_reports(self, which: int, state: Any) -> None:
        took = [(name, key) for name, each in self.world.channels.items() for key in each.took]
        for channel, key in _one(took, which):
            news = Status(channel=channel, state=state, external_id=f"id-{key}", key=key)
            self.run(self.world.gateway.take(news))

    def _idle(self) -> list[Work]:
        return [work for work in self.world.works if work.task is None]

    def _asking(self, queue: str) -> list[Work]:
        return [work for work in self.world.works if work.gate and work.queue == queue]

    def _took(self, work: Work) -> None:
        if work.is_late:
            return
        self.world.channels[work.job.channel].took.append(work.job.outbound.key)

    async def _provide(self, work: Work, how: str) -> None:
        if work.is_late:
            return await self.world.let(work, TimeoutError())
        if how in TOOK:
            self._took(work)
        receipt = Receipt((f"id-{work.job.outbound.key}",))
        return await self.world.let(work, FAILURES.get(how) or receipt)

    async def _well(self, work: Work) -> None:
        if work.queue == "inbox":
            await self.world.let(work, answer_to(work.job.message.text))
        else:
            await self._provide(work, "ok")

    # Operators

    @rule(which=ANY, who=st.integers(0, 1), what=st.sampled_from(STEPS), late=st.booleans())
    def operator(self, which: int, who: int, what: str, late: bool) -> None:
        for ticket in _one(self.run(self.world.tickets()), which):
            version = ticket.version - 1 if late and which == 0 else ticket.version
            self.run(self._act(what, ticket, who, version))

    @rule(which=ANY, what=st.sampled_from(STEPS))
    def both_operators_at_once(self, which: int, what: str) -> None:
        for ticket in _one(self.run(self.world.tickets()), which):
            assert sum(self.run(self._race(what, ticket))) <= 1

    @rule(which=ANY, other=ANY)
    def an_operator_takes_while_the_answer_is_stored(self, which: int, other: int) -> None:
        tickets = self.run(self.world.tickets())

        async def at_once(work: Work) -> None:
            steps = [self._act("take", ticket, 0, None) for ticket in _one(tickets, other)]
            await asyncio.gather(self._well(work), *steps)

        for work in _one(self._asking("inbox"), which):
            self.run(at_once(work))

    async def _race(self, what: str, ticket: Ticket) -> list[bool]:
        racers = (self._act(what, ticket, who, ticket.version) for who in (0, 1))
        return await asyncio.gather(*racers)

    async def _act(self, what: str, ticket: Ticket, who: int, version: int | None) -> bool:
        operator = self.world.operators[who]
        try:
            await self.world.act(what, ticket, operator, version or ticket.version)
        except Conflict:
            return False
        return True

    # What must hold

    @invariant()
    def promises_hold(self) -> None:
        self.promises.always(self.run(stand(self.world.database)))

    def teardown(self) -> None:
        try:
            self.run(self._come_to_rest())
            now = self.run(stand(self.world.database))
            self.promises.always(now)
            self.promises.in_the_end(now)
        finally:
            self.run(self.world.close())

    async def _come_to_rest(self) -> None:
        """Everybody is well and nothing more happens: all that began comes to its end."""
        while self.world.works:
            await self._finish(self.world.works[0])
        await self.world.restart()
        quiet = False
        while not quiet:
            await self.world.pass_time(LONG)
            quiet = True
            for queue in ("inbox", "outbox"):
                while work := await self.world.claim(queue):
                    quiet = False
                    await self._finish(work)
            await self.world.delivery.look_after_the_unknown()

    async def _finish(self, work: Work) -> None:
        if work.task is None:
            await self.world.see_to(work)
        while work.gate:
            await self._well(work)


def _one(choices: list[Told], which: int) -> list[Told]:
    """Of those that there are, if there are any."""
    return choices[which % len(choices) :][:1] if choices else []
