"""What was received, what became of it, and what does not balance."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import URL, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.channel import Mark
from handoff.db import Database
from handoff.intake import note
from handoff.ledger import LedgerWatch, Line, lines, lines_of
from handoff.ledger.days import Span
from handoff.tables import SAID_ELSEWHERE, Inbox, Intake, Message, Outbox, present
from tests.handoff.books import EVENING, NOON, Talk

DAY = date(2026, 3, 10)


async def day_of(database: Database, now: datetime = EVENING, day: date = DAY) -> list[Line]:
    async with database.read() as session:
        return await lines_of(session, day, now)


async def faults_of(database: Database, now: datetime = EVENING) -> dict[str, tuple[str, ...]]:
    return {fault.kind: fault.ids for line in await day_of(database, now) for fault in line.faults}


async def test_every_message_has_exactly_one_fate(database: Database) -> None:
    async with database.begin() as session:

        async def heard(**how: str) -> Talk:
            return await Talk(session).hears(**how)

        await (await heard()).says("bot")
        await (await heard()).says("system", "ready")
        await (await (await heard()).says("bot", "failed")).says("bot", reply=False)
        for state in ("failed", "unknown"):
            await (await heard()).says("bot", state)
        await heard(state="dead")
        await (await (await heard()).opens()).says("operator", "failed", reply=False)
        await (await (await heard(state="dead")).opens()).says("system")
        await (await (await heard()).opens()).says("operator", reply=False)
        await (await (await heard()).says("bot")).opens("closed")
        joined = await (await heard()).opens()
        await (await (await joined.hears()).says("system")).says("operator", reply=False)
        await (await (await (await heard()).says("bot")).opens()).hears(wants="person")
        await (await (await (await heard()).says("system")).hears()).opens()
        overtaken = await (await (await heard()).hears()).opens()  # by an emergency
        await overtaken.says("operator", reply=False)
        await heard(state="ready")
        await heard(state="run")
        await heard(wants="nobody")
    [line] = await day_of(database, NOON)
    assert line.fates == Counter(
        bot=4, failed=5, people=6, waiting_people=3, waiting_bot=2, not_due=1
    )
    assert line.balances
    assert line.taken == line.received == line.fates.total() == 21
    assert line.written == line.out.total() == 15
    assert line.out == Counter(sent=10, under_way=1, failed=3, unknown=1)


async def test_an_emergency_among_notes_for_nobody_still_waits_for_a_person(
    database: Database,
) -> None:
    async with database.begin() as session:
        await (await Talk(session).hears(wants="nobody")).opens()
    [line] = await day_of(database)
    assert line.fates == Counter(waiting_people=1)


async def test_where_citizens_fetch_nothing_has_to_be_sent(database: Database) -> None:
    async with database.begin() as session:
        await (await Talk(session, pulled=True).hears()).says("bot", None)
        elsewhere = await (await Talk(session).hears()).opens()
        await elsewhere.says("operator", None, reply=False)
        await session.execute(
            update(Message).where(Message.author == "operator").values(author_name=SAID_ELSEWHERE)
        )
    [line] = await day_of(database)
    assert line.out == Counter(fetched=1, elsewhere=1)
    assert line.fates == Counter(bot=1, people=1)
    assert line.balances


async def test_what_was_lost_is_found_and_named(database: Database) -> None:
    async with database.begin() as session:
        talks = [await (await Talk(session).hears()).says("bot") for _ in range(4)]
        no_job, gone, unsent, silenced = talks
        answers = {talk.heard.id: (await answer_to(session, talk)).id for talk in talks}
        await session.execute(delete(Inbox).where(Inbox.message_id == no_job.heard.id))
        await session.execute(delete(Inbox).where(Inbox.message_id == gone.heard.id))
        await session.execute(delete(Message).where(Message.id == gone.heard.id))
        await session.execute(delete(Outbox).where(Outbox.message_id == answers[unsent.heard.id]))
        last = answers[silenced.heard.id]
        await session.execute(delete(Outbox).where(Outbox.message_id == last))
        await session.execute(delete(Message).where(Message.id == last))
    [line] = await day_of(database)
    assert (line.taken, line.received, line.missing) == (4, 3, 3)
    assert {fault.kind: (fault.number, fault.ids) for fault in line.faults} == {
        "not_stored": (1, ()),
        "without_job": (1, (no_job.heard.id,)),
        "unanswered": (1, (silenced.heard.id,)),
        "unsent": (1, (answers[unsent.heard.id],)),
        "sequence": (2, line.faults[-1].ids),
    }
    assert set(line.faults[-1].ids) == {
        f"{gone.conversation.id}:1-1",
        f"{silenced.conversation.id}:2-2",
    }


async def answer_to(session: AsyncSession, talk: Talk) -> Message:
    found = await session.scalars(select(Message).where(Message.reply_to == talk.heard.id))
    return found.one()


async def test_a_job_whose_message_is_gone_is_named(database: Database) -> None:
    """Foreign keys forbid it, but who repairs by hand may switch them off."""
    async with database.begin() as session:
        talk = await Talk(session, at=present() - timedelta(seconds=9)).hears()
    await by_hand(database.engine.url, "delete from message")
    async with database.read() as session:
        [line] = await lines(session, days=1)
    assert {"without_message", "not_stored"} <= {fault.kind for fault in line.faults}
    assert next(f.ids for f in line.faults if f.kind == "without_message") == (talk.heard.id,)


async def by_hand(url: URL, statement: str) -> None:
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database))) as file, file:
            file.execute(statement)
        return
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    await connection.execute(f"set session_replication_role = replica; {statement}")
    await connection.close()


async def test_what_was_never_counted_is_told(database: Database) -> None:
    async with database.begin() as session:
        await (await Talk(session).hears()).says("bot")
        await session.execute(update(Intake).values(taken=0))
    assert await faults_of(database) == {"uncounted": ()}


async def test_days_before_the_ledger_was_kept_are_not_accused(database: Database) -> None:
    async with database.begin() as session:
        await Talk(session).hears()
        await session.execute(delete(Intake))
    [line] = await day_of(database)
    assert (line.taken, line.received, line.balances) == (None, 1, True)
    assert line.fates == Counter(not_due=1)


async def test_waiting_is_an_alarm_when_no_worker_is_on_it(database: Database) -> None:
    async with database.begin() as session:
        left, held, dropped = [
            await Talk(session).hears(state=to) for to in ("ready", "run", "run")
        ]
        for talk, until in ((held, 4e9), (dropped, 1.0)):
            await session.execute(
                update(Inbox).where(Inbox.message_id == talk.heard.id).values(lease_until=until)
            )
    assert await faults_of(database, NOON + timedelta(minutes=4)) == {}
    assert await faults_of(database, NOON + timedelta(minutes=6)) == {
        "stuck": (left.heard.id, dropped.heard.id)
    }


async def test_a_day_begins_at_midnight_in_rome(database: Database) -> None:
    midnight = datetime(2026, 3, 9, 23, 0, tzinfo=UTC)
    async with database.begin() as session:
        for at in (midnight - timedelta(seconds=2), midnight - timedelta(seconds=1)):
            await (await Talk(session, at=at).hears()).says("bot")
    [before] = await day_of(database, day=date(2026, 3, 9))
    [after] = await day_of(database)
    assert (before.taken, before.received, before.fates.total()) == (1, 1, 1)
    assert (after.taken, after.received, after.fates.total()) == (1, 1, 1)
    assert (before.written, after.written) == (0, 2)
    assert before.balances
    assert after.balances


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (DAY, 24)]
)
def test_days_are_as_long_as_their_clocks_say(day: date, hours: int) -> None:
    span = Span.of(day)
    assert span.end - span.start == timedelta(hours=hours)
    assert Span.of(day + timedelta(days=1)).start == span.end


async def test_the_hour_that_comes_twice_is_counted_once(database: Database) -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 2:30 in summer, an hour later again 2:30
    async with database.begin() as session:
        for at in (first, first + timedelta(hours=1), first + timedelta(hours=22, minutes=29)):
            await (await Talk(session, at=at).hears()).says("bot")
    found = await day_of(database, day=date(2026, 10, 25))
    assert [(line.taken, line.received, line.balances) for line in found] == [(3, 3, True)]
    assert await day_of(database, day=date(2026, 10, 26)) == []


async def test_channels_and_days_stand_apart(database: Database) -> None:
    now = present()
    async with database.begin() as session:
        for channel, days in (("post", 0), ("post", 3), ("dove", 0)):
            at = now - timedelta(days=days)
            await (await Talk(session, channel=channel, at=at).hears()).says("bot")
    async with database.read() as session:
        found = await lines(session, days=5, now=now + timedelta(seconds=5))
    assert [line.channel for line in found] == ["dove", "post", "post"]
    assert found[0].day > found[2].day


async def test_a_gap_of_the_providers_is_named_after_a_while(database: Database) -> None:
    now = present()
    async with database.begin() as session:
        for number in (7, 10):
            await note(session, "post", Mark(series="updates", number=number, gapless=True))
    for minutes, faults in ((1, []), (6, [("provider", 2, ("updates:8-9",))])):
        async with database.read() as session:
            [line] = await lines(session, days=1, now=now + timedelta(minutes=minutes))
        assert [(fault.kind, fault.number, fault.ids) for fault in line.faults] == faults
    assert [(each.taken, each.last, each.missing) for each in line.series] == [(2, 10, 2)]


async def test_the_watch_says_what_is_amiss_and_forgets_it_again(database: Database) -> None:
    watch = LedgerWatch(database, ["post"], lambda _: None)
    async with database.begin() as session:
        talk = await (await Talk(session).hears()).says("bot", "sent")
    assert await watch.look(EVENING) is None
    async with database.begin() as session:
        await session.execute(delete(Outbox))
    assert await watch.look(EVENING) == (
        "post 2026-03-10: 1 messaggio scritto non fu mai messo in partenza"
    )
    async with database.begin() as session:
        answer = await answer_to(session, talk)
        session.add(
            Outbox(
                conversation_id=talk.conversation.id,
                message_id=answer.id,
                channel="post",
                state="sent",
            )
        )
    assert await watch.look(EVENING) is None


async def test_the_watch_tells_of_silence(database: Database) -> None:
    async with database.begin() as session:
        for minute in range(12):
            at = NOON - timedelta(minutes=minute)
            talk = await Talk(session, at=at).hears()
            await talk.says("bot")
            await session.execute(
                update(Inbox).where(Inbox.message_id == talk.heard.id).values(created_at=at)
            )
    watch = LedgerWatch(database, ["post"], lambda _: None)
    assert await watch.look(NOON + timedelta(minutes=29)) is None
    assert await watch.look(EVENING) == "post: silenzioso più del solito"


async def test_older_days_are_at_hand(database: Database) -> None:
    async with database.begin() as session:
        await (await Talk(session).hears()).says("bot")
    watch = LedgerWatch(database, [], lambda _: None)
    [line] = await watch.lines(days=7, now=EVENING + timedelta(days=4))
    assert (line.day, line.received) == (DAY, 1)
