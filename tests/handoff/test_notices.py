"""Notices: said first, once, while they last; and their end to those they reached."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from handoff import conversations, notices
from handoff.db import Database
from handoff.knowledge import Knowledge
from handoff.notices import BadNotice
from handoff.tables import Notice, NoticeTold, present
from tests.handoff.desk import Desk, hire
from tests.handoff.talk import Citizen

TOMORROW = timedelta(days=1)


async def opened(database: Database, *topics: str, lasts: timedelta = TOMORROW) -> Notice:
    async with database.begin() as session:
        notice = await notices.open_notice(
            session,
            text="Oggi sciopero.",
            topics=topics,
            ends_at=present() + timedelta(minutes=1),
            author="Carla",
        )
        notice.ends_at = present() + lasts
    return notice


async def topics_said(citizen: Citizen, text: str) -> list[str | None]:
    return [message.topic for message in await citizen.hears(text)]


async def test_a_notice_is_said_first_on_its_topic_and_once(
    citizen: Citizen, database: Database
) -> None:
    await opened(database, "parcheggio")
    heard = await citizen.hears("dove parcheggio?")
    assert [(each.topic, each.final) for each in heard] == [
        ("avviso_in_corso", False),
        ("parcheggio", True),
    ]
    assert "sciopero" in heard[0].text
    assert await topics_said(citizen, "e il parcheggio?") == ["parcheggio"]


async def test_other_topics_are_answered_without_it(citizen: Citizen, database: Database) -> None:
    await opened(database, "referti")
    assert await topics_said(citizen, "dove parcheggio?") == ["parcheggio"]


async def test_a_notice_without_topics_comes_before_every_answer(
    citizen: Citizen, database: Database
) -> None:
    await opened(database)
    assert await topics_said(citizen, "dove parcheggio?") == ["avviso_in_corso", "parcheggio"]


async def test_a_notice_past_its_end_is_not_said(citizen: Citizen, database: Database) -> None:
    await opened(database, "parcheggio", lasts=-TOMORROW)
    assert await topics_said(citizen, "dove parcheggio?") == ["parcheggio"]


async def test_an_emergency_is_answered_without_notices(
    citizen: Citizen, database: Database
) -> None:
    await opened(database)
    assert await topics_said(citizen, "mio padre non respira") == ["emergenza"]


async def told_the_end(database: Database, citizen: Citizen) -> list[str]:
    topic = f"conversation:{(await citizen.conversation()).id}"
    async with database.bell.listen(topic) as heard:
        for _ in range(50):
            said = [m.text for m in await citizen.everything() if m.topic == "avviso_finito"]
            if said:
                return said
            await heard.wait(0.2)
    return []


async def test_whom_it_reached_is_told_of_its_end_and_nobody_else(citizen: Citizen) -> None:
    database = citizen.gateway.database
    notice = await opened(database, "parcheggio")
    bruno = Citizen(citizen.gateway, address="bruno")
    await bruno.hears("buongiorno")
    await citizen.hears("dove parcheggio?")
    async with database.begin() as session:
        await notices.close_notice(session, notice.id, by="Carla", closing="Lo sciopero è finito.")
    assert await told_the_end(database, citizen) == ["Aggiornamento: Lo sciopero è finito."]
    assert "avviso_finito" not in [message.topic for message in await bruno.everything()]


async def test_a_notice_closed_in_silence_tells_nobody(
    citizen: Citizen, database: Database
) -> None:
    notice = await opened(database, "parcheggio")
    await citizen.hears("dove parcheggio?")
    async with database.begin() as session:
        await notices.close_notice(session, notice.id, by="Carla")
        assert await notices.tell_the_end(session, citizen.gateway.knowledge, {}) == 0


async def test_where_the_window_is_closed_nobody_is_written_to(database: Database) -> None:
    notice = await opened(database)
    async with database.begin() as session:
        talk, _ = await conversations.find_or_add(
            session, channel="post", address="anna", pulled=False
        )
        session.add(NoticeTold(notice_id=notice.id, conversation_id=talk.id))
    async with database.begin() as session:
        await notices.close_notice(session, notice.id, by="Carla", closing="È finito.")
        window = {"post": timedelta(hours=24)}
        assert await notices.tell_the_end(session, Knowledge(), window) == 1
        assert talk.last_seq == 0
        told = (await session.scalars(select(NoticeTold))).one()
        assert told.ended_at is not None


@pytest.mark.parametrize(("text", "days"), [("  ", 1), ("Sciopero.", -1)])
async def test_a_notice_needs_words_and_an_end_to_come(
    database: Database, text: str, days: int
) -> None:
    with pytest.raises(BadNotice):
        async with database.begin() as session:
            await notices.open_notice(
                session,
                text=text,
                topics=(),
                ends_at=present() + timedelta(days=days),
                author="Carla",
            )


def wanted(**changed: Any) -> dict[str, Any]:
    ends = (present() + TOMORROW).isoformat()
    return {"text": "Oggi sciopero.", "topics": ["parcheggio"], "ends_at": ends, **changed}


@pytest.fixture
async def manager(app: FastAPI) -> Desk:
    return await Desk(app).enters(await hire(app.state.database, "mara", role="manager"))


async def test_a_manager_opens_and_closes_a_notice(manager: Desk) -> None:
    answer = await manager.does("notices", **wanted())
    assert answer.status_code == 201, answer.text
    [shown] = (await manager.looks("notices")).json()["notices"]
    assert (shown["text"], shown["author"], shown["in_force"]) == ("Oggi sciopero.", "mara", True)
    closed = await manager.does(f"notices/{shown['id']}/close", text=None)
    assert closed.json()["closed_at"]
    [shown] = (await manager.looks("notices")).json()["notices"]
    assert not shown["in_force"]


async def test_an_operator_reads_notices_and_opens_none(app: FastAPI) -> None:
    carla = await Desk(app).enters(await hire(app.state.database, "carla"))
    assert (await carla.does("notices", **wanted())).status_code == 403
    assert (await carla.looks("notices")).json()["notices"] == []


@pytest.mark.parametrize(
    "changed",
    [
        {"text": ""},
        {"text": 3},
        {"topics": ["parkeggio"]},
        {"topics": "parcheggio"},
        {"ends_at": "domani"},
        {"ends_at": "2026-11-30T10:00:00"},
        {"ends_at": "9999-12-31T23:59:59-05:00"},
        {"ends_at": "2020-11-30T10:00:00+01:00"},
    ],
)
async def test_a_notice_that_cannot_be_said_is_refused_in_italian(
    manager: Desk, changed: dict[str, Any]
) -> None:
    answer = await manager.does("notices", **wanted(**changed))
    assert answer.status_code == 422
    assert answer.json()["detail"].endswith(".")
    assert (await manager.looks("notices")).json()["notices"] == []


@pytest.mark.parametrize("notice", ["none", "0" * 32, "%00", "0" * 400])
async def test_an_unknown_notice_cannot_be_closed(manager: Desk, notice: str) -> None:
    answer = await manager.does(f"notices/{notice}/close", text=None)
    assert answer.status_code == 404
