"""The ledger's page is for those who answer for the office; the command tells by its exit code."""

import asyncio
import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import delete

from handoff.api.health import Health
from handoff.cli import main
from handoff.db import Database
from handoff.ledger import LedgerWatch
from handoff.tables import Inbox, Outbox, present
from tests.handoff.books import Talk
from tests.handoff.desk import Desk, hire
from tests.handoff.talk import Citizen
from tests.handoff.test_cli import environment

__all__ = ["environment"]


@pytest.mark.parametrize(
    ("role", "status"),
    [("operator", 403), ("trainer", 403), ("manager", 200), ("administrator", 200)],
)
async def test_only_who_answers_for_the_office_reads_the_ledger(
    app: FastAPI, role: str, status: int
) -> None:
    desk = await Desk(app).enters(await hire(app.state.database, "mara", role=role))
    assert (await desk.looks("ledger")).status_code == status
    assert (await desk.client.get("/panel/quadratura")).status_code == status


async def test_strangers_learn_nothing_of_the_ledger(app: FastAPI) -> None:
    assert (await Desk(app).looks("ledger")).status_code == 401
    assert (await Desk(app).client.get("/panel/quadratura")).status_code == 303


@pytest.mark.parametrize("days", ["0", "15", "x"])
async def test_two_weeks_are_the_most(app: FastAPI, days: str) -> None:
    desk = await Desk(app).enters(await hire(app.state.database, "mara", role="manager"))
    assert (await desk.looks("ledger", params={"days": days})).status_code == 422


async def test_what_passed_through_the_service_balances_until_something_is_lost(
    app: FastAPI, citizen: Citizen
) -> None:
    desk = await Desk(app).enters(await hire(app.state.database, "mara", role="manager"))
    await citizen.hears("buongiorno")
    assert citizen.last
    health: Health = app.state.health
    ledger: LedgerWatch = app.state.ledger
    [line] = (await desk.looks("ledger")).json()["lines"]
    assert (line["taken"], line["received"], line["fates"]["bot"]) == (1, 1, 1)
    assert line["balances"]
    async with app.state.database.begin() as session:
        await session.execute(delete(Inbox))
    [line] = (await desk.looks("ledger")).json()["lines"]
    assert [fault["ids"] for fault in line["faults"]] == [[citizen.last.message_id]]
    watching = asyncio.create_task(ledger.run())
    async with asyncio.timeout(10):
        while "ledger" not in (await health.report())[1]["degraded"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    watching.cancel()
    health.balances(None)
    assert "ledger" not in (await health.report())[1]["degraded"]


async def write_one(url: str, *, lose_it: bool) -> None:
    database = Database(url)
    async with database.begin() as session:
        await (await Talk(session, at=present()).hears()).says("bot")
        if lose_it:
            await session.execute(delete(Outbox))
    await database.close()


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("lost", [False, True])
def test_the_command_tells_by_its_exit_code(
    database_url: str, capsys: pytest.CaptureFixture[str], lost: bool
) -> None:
    asyncio.run(write_one(database_url, lose_it=lost))
    assert main(["ledger", "--days", "2", "--json"]) == int(lost)
    [line] = json.loads(capsys.readouterr().out)
    assert (line["received"], line["balances"]) == (1, not lost)
    assert main(["ledger"]) == int(lost)
    said = capsys.readouterr().out
    assert "post" in said
    assert ("non fu mai messo in partenza" in said) is lost
    assert main(["ledger", "--day", "2020-01-01"]) == 0
    assert capsys.readouterr().out == "nothing was received\n"


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("url", "code"),
    [("sqlite+aiosqlite:///{tmp}/none.db", 3), ("postgresql://nobody@127.0.0.1:9/none", 2)],
    ids=["no tables", "away"],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_could_not_be_read_is_not_taken_for_what_does_not_balance(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, code: int
) -> None:
    monkeypatch.setenv("SPORTELLO_DATABASE_URL", url.format(tmp=tmp_path))
    assert main(["ledger"]) == code
