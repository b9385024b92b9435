"""No statement of a message's way, or of an operator's day, reads a whole large table."""

import re
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from bench.claims import CONVERSATIONS, DONE, MESSAGES
from handoff import outbox
from handoff.channel import Inbound
from handoff.db import Database
from handoff.gateway import Gateway
from tests.handoff.browser import open_browser
from tests.handoff.desk import Desk, hire

FILLED = 20_000  # messages
LARGE = "message|inbox|outbox|conversation|attempt|sent_part|delivery_report"
SENT = """
with recursive n(i) as (select 1 union all select i + 1 from n where i < :count)
insert into outbox (conversation_id, message_id, channel, state, due, attempts, created_at,
                    changed)
select 'c' || ((i - 1) / :each + 1), 'm' || i, 'telegram', 'sent', 0, 1, current_timestamp, 0
from n
"""
ATTEMPTS = """
insert into attempt (outbox_id, number, result, started_at, ended_at)
select id, 1, 'sent', created_at, created_at from outbox
"""
PARTS = """
insert into sent_part (outbox_id, channel, external_id) select id, channel, 'p' || id from outbox
"""
REPORTS = """
insert into delivery_report (channel, external_id, state, recipient, created_at)
select channel, 'p' || id, 'delivered', '', created_at from outbox
"""
# a whole table, or the whole of one of its indexes
READS_ALL = {
    "sqlite": re.compile(rf"\bSCAN ({LARGE})\b(?! USING (COVERING )?INDEX \w+_waiting)"),
    "postgresql": re.compile(rf"Seq Scan on ({LARGE})\b"),
}
EXPLAIN = {"sqlite": "explain query plan ", "postgresql": "explain "}


class Plans:
    """How the database goes about each statement that is executed meanwhile."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._engine: Engine = database.engine.sync_engine
        self.asked: dict[str, Any] = {}

    def __enter__(self) -> "Plans":
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().lower().startswith(("select", "update", "delete", "with")):
            self.asked.setdefault(statement, parameters)

    async def that_read_all(self) -> list[str]:
        async with self._database.begin() as session:
            return await session.run_sync(self._look)

    def _look(self, session: Session) -> list[str]:
        dialect = session.get_bind().dialect.name
        found = []
        for statement, parameters in self.asked.items():
            rows = session.connection().exec_driver_sql(EXPLAIN[dialect] + statement, parameters)
            plan = "\n".join(str(row[-1]) for row in rows)
            if READS_ALL[dialect].search(plan):
                found.append(f"{statement}\n{plan}")
        return found


@pytest.fixture
async def filled(gateway: Gateway) -> Database:
    given = {"count": FILLED, "each": 20}
    async with gateway.database.begin() as session:
        await session.execute(text(CONVERSATIONS), {"count": FILLED // 20 + 1})
        for rows in (MESSAGES, DONE, SENT):
            await session.execute(text(rows), given)
        for rows in (ATTEMPTS, PARTS, REPORTS):
            await session.execute(text(rows))
        await session.execute(text("analyze"))
    return gateway.database


async def test_each_statement_finds_its_rows_by_an_index(
    app: FastAPI, gateway: Gateway, filled: Database
) -> None:
    carla = await Desk(app).enters(await hire(filled, "Carla"))
    with Plans(filled) as plans:
        await _talk_and_work(app, carla)
        await _send(gateway, filled)
    assert len(plans.asked) > 50
    assert await plans.that_read_all() == []


async def _talk_and_work(app: FastAPI, carla: Desk) -> None:
    browser = await open_browser(carla.client)
    await browser.asks(text="dove posso parcheggiare?")
    await browser.asks(payload="parla_con_operatore")
    ticket = (await carla.looks("tickets?state=open")).json()["tickets"][0]
    ticket = (await carla.looks(f"tickets/{ticket['id']}")).json()
    for action, body in (("take", {}), ("reply", {"text": "Buongiorno."}), ("close", {})):
        answer = await carla.acts(ticket, action, **body)
        assert answer.status_code == 200, answer.text
        ticket = answer.json()


async def _send(gateway: Gateway, database: Database) -> None:
    await gateway.receive(
        Inbound(channel="telegram", external_id="1", address="7", text="sto per svenire, aiuto")
    )
    async with database.begin() as session:
        for job in await outbox.claim(session, owner="here:1:x", limit=4):
            await outbox.settle(session, job, "sent", external_ids=(f"t{job.id}",))
