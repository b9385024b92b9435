"""The service on a real database, its workers in the test's hands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from handoff import inbox, leases, outbox, surveys, tickets
from handoff.answering import Answering
from handoff.channel import Channel, Inbound, Received
from handoff.crew import Crew
from handoff.db import Database
from handoff.delivery import Delivery
from handoff.gateway import Gateway, PrivacyNotice
from handoff.knowledge import Knowledge
from handoff.safety import Safety
from handoff.settings import ROOT
from handoff.tables import (
    Attempt,
    Base,
    Conversation,
    Inbox,
    Message,
    Operator,
    Outbox,
    Ticket,
)
from tests.handoff.conftest import new_operator
from tests.handoff.machine.stage import AskedBot, Gates, Letters, Page, Provider, Strict

Queue = Literal["inbox", "outbox"]
WRITTEN: tuple[tuple[Any, str], ...] = (
    (Conversation, "heard_at"),
    (Message, "created_at"),
    (Inbox, "created_at"),
    (Outbox, "created_at"),
    (Attempt, "started_at"),
)
LONGER_THAN_ANY_TEST = 1e6  # seconds until a citizen is told that an answer is coming
EMPTY = [f"delete from {table.name}" for table in reversed(Base.metadata.sorted_tables)]


class Frail(Database):
    """Goes away when it is told so, for so many transactions; whoever insists tries twice."""

    pauses = (0.0,)
    away = 0  # transactions that do not begin
    unheard = 0  # transactions that are committed, which nobody is told

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        if self.away:
            self.away -= 1
            raise OperationalError("begin", None, ConnectionError("gone"))
        async with super().begin() as session:
            yield session
        if self.unheard:
            self.unheard -= 1
            raise OperationalError("commit", None, ConnectionError("gone"))


@dataclass
class Work:
    """A job in a worker's hands; `gate` is the call that it waits for, if it waits."""

    queue: Queue
    crew: Crew
    job: Any
    task: asyncio.Task[None] | None = None
    gate: asyncio.Future[Any] | None = None
    is_late: bool = False  # its call took so long that it is cut off

    def is_older_than(self, seconds: float) -> bool:
        """Since its claim."""
        age: float = asyncio.get_running_loop().time() - self.job.claimed_at
        return age > seconds


@dataclass
class World:
    url: str
    gates: Gates = field(default_factory=Gates)
    works: list[Work] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)  # owners whose leases nobody took back

    def __post_init__(self) -> None:
        self.database = Database(self.url)
        self.workers_database = Frail(self.url)
        self.knowledge = Knowledge.load(ROOT / "data")
        self.channels: dict[str, Provider] = {
            kind.name: kind(self.gates) for kind in (Page, Provider, Letters)
        }
        channels: dict[str, Channel] = dict(self.channels)
        self.gateway = Gateway(
            self.database,
            self.knowledge,
            Safety.load(ROOT / "data"),
            privacy=PrivacyNotice("https://example.it/privacy", "1"),
            channels=channels,
        )
        self._answering = Answering(
            self.workers_database,
            self.knowledge,
            AskedBot(self.gates),
            moment=LONGER_THAN_ANY_TEST,
        )
        self.delivery = Delivery(self.workers_database, channels)
        self.operators: list[Operator] = []

    async def begin(self) -> None:
        async with self.database.begin() as session:
            for statement in EMPTY:
                await session.execute(text(statement))
        self.operators = [await new_operator(self.database, name) for name in ("Carla", "Dario")]

    async def close(self) -> None:
        for work in self.works:
            await self.kill(work)
        await self.database.close()
        await self.workers_database.close()

    async def receive(self, inbound: Inbound) -> Received:
        return await self.gateway.receive(inbound)

    # Workers

    async def claim(self, queue: Queue) -> Work | None:
        crew = Crew(
            self.workers_database,
            self._answering,
            self.delivery,
            self.knowledge,
            slots=1,
            telemetry=Strict(),
        )
        claim: Any = inbox.claim if queue == "inbox" else outbox.claim
        async with self.database.begin() as session:
            jobs = await claim(session, owner=crew.owner, limit=1)
        if not jobs:
            return None
        work = Work(queue, crew, jobs[0])
        self.works.append(work)
        return work

    async def see_to(self, work: Work) -> None:
        """Until it ends or waits for somebody outside."""
        line: Any = work.crew.answerers if work.queue == "inbox" else work.crew.deliverers
        work.task = asyncio.create_task(line.see_to(work.job))
        await self._advance(work)

    async def let(self, work: Work, outcome: object) -> None:
        """The call that it waits for ends so."""
        assert work.gate
        gate, work.gate = work.gate, None
        if isinstance(outcome, Exception):
            gate.set_exception(outcome)
        else:
            gate.set_result(outcome)
        await self._advance(work)

    async def _advance(self, work: Work) -> None:
        assert work.task
        self.gates.entered.clear()
        entered = asyncio.create_task(self.gates.entered.wait())
        await asyncio.wait({work.task, entered}, return_when=asyncio.FIRST_COMPLETED)
        entered.cancel()
        if work.task.done():
            self.works.remove(work)
            work.task.result()
        else:
            work.gate = self.gates.latest

    async def kill(self, work: Work) -> None:
        """kill -9: what it had written is written, and nothing more."""
        self.works.remove(work)
        self.dead.append(work.crew.owner)
        if work.task:
            work.task.cancel()
            await asyncio.wait({work.task})

    async def restart(self) -> None:
        """The dead are known to be dead."""
        async with self.database.begin() as session:
            for owner in self.dead:
                await leases.give_back(session, owner=owner)
        self.dead.clear()

    async def pass_time(self, seconds: float) -> None:
        """By the database's clock, which is the one that leases and pauses go by."""
        async with self.database.begin() as session:
            for table in (Inbox, Outbox):
                await session.execute(
                    update(table)
                    .where(table.lease_until.is_not(None))
                    .values(lease_until=table.lease_until - seconds)
                )
                await session.execute(
                    update(table).where(table.due > 0.0).values(due=table.due - seconds)
                )
        for work in self.works:
            if work.queue == "outbox":
                work.job = replace(work.job, claimed_at=work.job.claimed_at - seconds)

    async def move_wall_clock(self, by: timedelta) -> None:
        """The workers' clock jumps back by so much: what they wrote before seems later."""
        async with self.database.begin() as session:
            for table, column in WRITTEN:
                for row in await session.scalars(select(table)):
                    if (written := getattr(row, column)) is not None:
                        setattr(row, column, written + by)

    # Operators

    async def act(self, what: str, ticket: Ticket, operator: Operator, version: int) -> None:
        """As the panel does it. Raises Conflict."""
        async with self.database.begin() as session:
            known: dict[str, Any] = {"version": version, "operator": operator}
            match what:
                case "take" | "hand_back":
                    step = getattr(tickets, what)
                    await step(session, ticket.id, knowledge=self.knowledge, **known)
                case "reply" | "note":
                    await getattr(tickets, what)(session, ticket.id, text="parola", **known)
                case "close":
                    closed, conversation = await tickets.close(session, ticket.id, **known)
                    await surveys.ask(session, conversation, closed, knowledge=self.knowledge)
                case _:
                    await getattr(tickets, what)(session, ticket.id, **known)

    async def tickets(self) -> list[Ticket]:
        async with self.database.read() as session:
            return list(await session.scalars(select(Ticket).order_by(Ticket.opened_at)))
