"""What may be forgotten goes in small steps; what somebody still needs stays."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from handoff import tidying
from handoff.cli import main
from handoff.db import Database
from handoff.echoes import ECHO, HELD
from handoff.tables import (
    BotTracker,
    Conversation,
    DeliveryReport,
    JoinCode,
    LoginAttempt,
    Oddity,
    Operator,
    PanelSession,
    Ticket,
    WebchatSession,
    present,
)
from handoff.tidying import BATCH, RULES, tidy

OLD = present() - timedelta(days=400)
NEW = present()


async def furnish(database: Database) -> None:
    """A stale and a fresh row by every rule, and those that are old and still needed."""
    async with database.begin() as session:
        talk, asked = (Conversation(channel="webchat", address=each) for each in ("a", "b"))
        carla = Operator(email="c@example.it", name="Carla", password_hash="x", role="operator")
        session.add_all((talk, asked, carla))
        await session.flush()
        session.add(
            Ticket(
                name="URP-1",
                key_hash="k",
                conversation_id=asked.id,
                kind="persona",
                reason="chiesto",
            )
        )
        for age, moment in (("old", OLD), ("new", NEW)):
            session.add_all(
                (
                    LoginAttempt(subject=age, next_at=moment),
                    PanelSession(
                        token_hash=age,
                        operator_id=carla.id,
                        csrf="c",
                        last_seen_at=moment,
                        expires_at=moment + timedelta(hours=12),
                    ),
                    JoinCode(
                        conversation_id=(talk if age == "old" else asked).id,
                        code_hash=age,
                        expires_at=moment,
                    ),
                    Oddity(
                        channel="x", external_id=age, kind="poll", body="{}", created_at=moment
                    ),
                    WebchatSession(token_hash=age, conversation_id=talk.id, last_seen_at=moment),
                    BotTracker(
                        conversation_id=age,
                        version=1,
                        snapshot="{}",
                        updated_at=moment.timestamp(),
                    ),
                    DeliveryReport(channel="x", external_id=age, state="read", created_at=moment),
                )
            )
        session.add_all(
            Oddity(channel="x", external_id=kind, kind=kind, body="", created_at=OLD)
            for kind in (ECHO, HELD)
        )
        session.add(WebchatSession(token_hash="asked", conversation_id=asked.id, last_seen_at=OLD))


async def counts(database: Database) -> dict[str, int]:
    async with database.read() as session:
        return {
            name: await session.scalar(select(func.count()).select_from(rule.table)) or 0
            for name, rule in RULES.items()
        }


async def test_what_is_stale_goes_once_and_what_is_needed_stays(database: Database) -> None:
    await furnish(database)
    before = await counts(database)
    assert await tidy(database, only_count=True) == dict.fromkeys(RULES, 1)
    assert await counts(database) == before
    assert await tidy(database) == dict.fromkeys(RULES, 1)
    assert await counts(database) == {name: count - 1 for name, count in before.items()}
    assert await tidy(database) == dict.fromkeys(RULES, 0)


async def test_many_rows_go_in_steps_between_which_others_write(database: Database) -> None:
    many = BATCH * 2 + 1
    async with database.begin() as session:
        session.add_all(LoginAttempt(subject=str(each), next_at=OLD) for each in range(many))
    rule = RULES["login_attempt"]
    steps = []
    async for count in tidying._batches(database, rule, rule.is_stale(NEW)):
        steps.append(count)
        async with database.begin() as session:  # would wait for ever inside a step's transaction
            session.add(LoginAttempt(subject=f"new{len(steps)}", next_at=NEW + timedelta(days=1)))
    assert steps == [BATCH, BATCH, 1]
    assert (await counts(database))["login_attempt"] == len(steps)


async def test_a_row_in_use_is_left_for_the_next_time(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        return  # one writes at a time there
    await furnish(database)
    async with database.begin() as session:
        await session.execute(update(LoginAttempt).values(next_at=OLD))
        async with asyncio.timeout(10):
            assert (await tidy(database))["login_attempt"] == 0
    assert (await tidy(database))["login_attempt"] == 2


def test_the_command_counts_and_names_its_rules(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    monkeypatch.setenv("SPORTELLO_DATABASE_URL", database_url)
    monkeypatch.setenv("SPORTELLO_BOT_TOKEN", "b" * 32)
    monkeypatch.setenv("SPORTELLO_INTERNAL_TOKEN", "i" * 32)
    assert main(["tidy", "--dry-run", "--days", "oddity=30"]) == 0
    assert "oddity: 0 older than 30 days" in capsys.readouterr().out
    assert main(["tidy", "--days", "message=30"]) == 2
    assert "No rule for message" in capsys.readouterr().err
