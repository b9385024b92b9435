"""A version is made in the background, compared, published and taken back; nothing hangs."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from handoff.settings import Settings
from handoff.tables import PhraseReview, Release
from handoff.training import releases
from handoff.training.archives import Archives
from handoff.training.workshop import Workshop
from tests.handoff.desk import Desk
from tests.handoff.trainers import import_words, reads, trainer

FIRST = "20260101T000000Z-aaaaaaaaaaaa.tar.gz"
# What bot.train does, as far as the workshop knows: an archive of the snapshot
TRAIN = """
import os, pathlib, sys
models = pathlib.Path(os.environ["SPORTELLO_MODELS"])
snapshot = pathlib.Path(os.environ["SPORTELLO_SNAPSHOT"])
assert "SPORTELLO_BOT_URL" not in os.environ
said = (snapshot / "phrases" / "cittadini" / "contatti.tsv").read_text()
nice = os.nice(0)
(models / "20260102T000000Z-bbbbbbbbbbbb.tar.gz").write_text(f"{nice} {said}")
"""
EVALUATE = """
import json, os, pathlib, sys
name = pathlib.Path(sys.argv[1]).name
models = pathlib.Path(os.environ["SPORTELLO_MODELS"])
old = any("aaaa" in file.name for file in models.glob("*.gz"))
if name == "emergencies.tsv":
    print(json.dumps({"caught": 0.9 if old else 1.0, "false_alarms": 0.0}))
else:
    print("a table")
    print("wrong\\tparcheggio\\tboh\\tdove" if old else "declined\\tticket|cup\\t-\\tboh")
    print(json.dumps({"n": 2, "right": 0.5, "offered": 0.0, "wrong": 0.5 if old else 0.0,
                      "declined": 0.0 if old else 0.5}))
"""


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / FIRST).write_text("the first")
    return settings.model_copy(update={"models": tmp_path / "models", "var": tmp_path / "var"})


@pytest.fixture
async def workshop(app: FastAPI) -> AsyncIterator[Workshop]:
    """The real one, with small programs in place of minutes of training."""
    workshop: Workshop = app.state.workshop
    workshop.train = (sys.executable, "-c", TRAIN)
    workshop.evaluate = (sys.executable, "-c", EVALUATE)
    await import_words(app)
    yield workshop
    await workshop.stop()


@pytest.fixture
async def teresa(app: FastAPI, workshop: Workshop) -> Desk:
    desk = await trainer(app)
    async with app.state.database.begin() as session:
        me = (await desk.looks("me")).json()["operator"]["id"]
        session.add(
            PhraseReview(
                message_id="1" * 32,
                decision="added",
                topic="parcheggio",
                text="dove la metto io",
                operator_id=me,
                author="teresa",
            )
        )
    return desk


async def state(desk: Desk) -> dict[str, Any]:
    return await reads(desk, "releases")


async def made(desk: Desk, workshop: Workshop) -> dict[str, Any]:
    """A version, made."""
    answer = await desk.does("training/releases")
    assert answer.status_code == 202, answer.text
    assert answer.json()["releases"][0]["state"] == "running"
    await workshop.finished()
    return await state(desk)


def trained(found: dict[str, Any]) -> dict[str, Any]:
    """The newest version, which is not the one that was there."""
    newest: dict[str, Any] = found["releases"][0]
    assert newest["author"] != releases.INSTALLATION
    return newest


def files(workshop: Workshop) -> list[str]:
    return sorted(file.name for file in workshop.archives.models.iterdir())


async def test_a_version_is_made_of_the_live_words_and_the_added_phrases(
    teresa: Desk, workshop: Workshop
) -> None:
    found = await made(teresa, workshop)
    version, installed = found["releases"]
    assert (version["state"], version["author"], version["can_serve"]) == ("ready", "teresa", True)
    assert (installed["author"], installed["is_live"]) == ("installazione", True)
    [archive] = workshop.archives.candidate(version["number"]).glob("*.tar.gz")
    nice, _, said = archive.read_text().partition(" ")
    assert int(nice) >= 15
    assert said == "parcheggio\tvaria\tdove la metto io\n"
    snapshot = workshop.archives.snapshot(version["number"])
    assert (snapshot / "knowledge" / "contatti.yml").is_file()
    assert not (snapshot / "evaluation").exists()
    assert files(workshop) == [FIRST]  # nothing serves that nobody published


async def test_what_became_better_and_worse_is_told_by_topic(
    teresa: Desk, workshop: Workshop
) -> None:
    found = await made(teresa, workshop)
    version = trained(found)
    evaluation = version["evaluation"]
    assert (evaluation["candidate"]["wrong"], evaluation["live"]["wrong"]) == (0.0, 0.5)
    assert (evaluation["candidate"]["caught"], evaluation["live"]["caught"]) == (1.0, 0.9)
    assert [each["title"] for each in evaluation["better"]] == ["Parcheggio"]
    assert [each["messages"] for each in evaluation["worse"]] == [1]
    assert "boh" not in json.dumps(found)  # who trains does not learn the test


async def test_publishing_makes_it_the_newest_and_going_back_the_one_before(
    teresa: Desk, workshop: Workshop
) -> None:
    found = await made(teresa, workshop)
    number = next(each["number"] for each in found["releases"] if each["can_serve"])
    published = await teresa.does(f"training/releases/{number}/publish", live=found["live"])
    assert published.status_code == 200, published.text
    now = published.json()
    assert now["live"] == files(workshop)[-1]
    assert now["live"].endswith("-bbbbbbbbbbbb.tar.gz")
    assert (now["live_number"], now["previous"]) == (number, found["live_number"])
    back = await teresa.does("training/releases/rollback", live=now["live"])
    assert back.status_code == 200, back.text
    assert back.json()["live_number"] == found["live_number"]
    assert back.json()["previous"] == number
    assert (workshop.archives.models / back.json()["live"]).read_text() == "the first"
    assert back.json()["live"] > now["live"]


async def test_who_decided_on_what_no_longer_serves_is_told(
    app: FastAPI, teresa: Desk, workshop: Workshop
) -> None:
    found = await made(teresa, workshop)
    number = next(each["number"] for each in found["releases"] if each["can_serve"])
    ugo = await trainer(app, "ugo")
    path = f"training/releases/{number}/publish"
    both = await asyncio.gather(
        teresa.does(path, live=found["live"]), ugo.does(path, live=found["live"])
    )
    assert sorted(each.status_code for each in both) == [200, 409]
    late = max(both, key=lambda each: each.status_code)
    assert late.json()["present"]["live_number"] == number
    assert len(files(workshop)) == 2  # and no copy is left behind


async def test_one_version_is_made_at_a_time(teresa: Desk, workshop: Workshop) -> None:
    workshop.train = (sys.executable, "-c", "import time; time.sleep(60)")
    assert (await teresa.does("training/releases")).status_code == 202
    second = await teresa.does("training/releases")
    assert second.status_code == 409
    assert "già in corso" in second.json()["detail"]
    await workshop.stop()
    release = trained(await state(teresa))
    assert (release["state"], "riavviato" in release["reason"]) == ("failed", True)
    assert (await teresa.does("training/releases")).status_code == 202


async def test_a_service_that_stops_takes_its_training_with_it(
    teresa: Desk, workshop: Workshop
) -> None:
    script = (
        "import os, sys, time; print(os.getpid(), file=sys.stderr, flush=True); time.sleep(60)"
    )
    workshop.train = (sys.executable, "-c", script)
    number = (await teresa.does("training/releases")).json()["releases"][0]["number"]
    log = workshop.archives.candidate(number) / "train.log"
    async with asyncio.timeout(20):
        while not (log.exists() and log.read_text().endswith("\n")):
            await state(teresa)
    await workshop.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(int(log.read_text()), 0)


async def test_a_training_that_fails_says_so_and_leaves_what_serves(
    teresa: Desk, workshop: Workshop
) -> None:
    workshop.train = (sys.executable, "-c", "raise SystemExit('no such topic')")
    release = trained(await made(teresa, workshop))
    assert release["state"] == "failed"
    assert "L'addestramento non è riuscito" in release["reason"]
    log = workshop.archives.candidate(release["number"]) / "train.log"
    assert "no such topic" in log.read_text()
    assert files(workshop) == [FIRST]
    answer = await teresa.does(f"training/releases/{release['number']}/publish", live=FIRST)
    assert answer.status_code == 422


async def test_what_a_crash_left_running_is_failed_and_no_barrier(
    app: FastAPI, teresa: Desk, workshop: Workshop
) -> None:
    database = app.state.database
    async with database.begin() as session:
        gone = await releases.begin(session, author="ugo")
    assert (await state(teresa))["releases"][0]["state"] == "running"
    async with database.begin() as session:
        await session.execute(update(Release).values(beat=Release.beat - releases.LOST - 1))
    release = trained(await state(teresa))
    assert (release["state"], "si è fermato" in release["reason"]) == ("failed", True)
    async with database.begin() as session:
        assert not await releases.finish(session, gone.id, archive="x", report={})
    assert (await teresa.does("training/releases")).status_code == 202


async def test_a_version_that_serves_but_cannot_be_evaluated_is_no_barrier(
    teresa: Desk, workshop: Workshop
) -> None:
    script = EVALUATE.replace("if name ==", "assert not old\nif name ==")
    workshop.evaluate = (sys.executable, "-c", script)
    found = await made(teresa, workshop)
    version = trained(found)
    assert (version["state"], version["evaluation"]["live"]) == ("ready", None)


async def test_where_the_bot_is_elsewhere_it_says_so(teresa: Desk, workshop: Workshop) -> None:
    workshop.train = ("/nowhere/python", "-m", "bot.train")
    assert (await state(teresa))["possible"] is False
    answer = await teresa.does("training/releases")
    assert (answer.status_code, "insieme al programma" in answer.json()["detail"]) == (422, True)


async def test_a_version_whose_archive_is_gone_is_not_offered(
    teresa: Desk, workshop: Workshop
) -> None:
    found = await made(teresa, workshop)
    number = next(each["number"] for each in found["releases"] if each["can_serve"])
    shutil.rmtree(workshop.archives.candidate(number))
    assert not any(each["can_serve"] for each in (await state(teresa))["releases"])
    answer = await teresa.does(f"training/releases/{number}/publish", live=found["live"])
    assert answer.status_code == 422


async def test_without_an_earlier_version_there_is_nothing_to_go_back_to(teresa: Desk) -> None:
    answer = await teresa.does("training/releases/rollback", live=FIRST)
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["", "/1/publish", "/rollback"])
async def test_others_may_neither_train_nor_publish(app: FastAPI, path: str) -> None:
    desk = await trainer(app, "olga", "manager")
    assert (await desk.does(f"training/releases{path}")).status_code == 403


def test_a_new_name_is_the_newest_whatever_the_clock_says(tmp_path: Path) -> None:
    archives = Archives(tmp_path, tmp_path / "c", tmp_path / "s")
    (tmp_path / "20990101T000000Z-a.tar.gz").touch()
    assert archives.next_name(FIRST) == "20990101T000001Z-aaaaaaaaaaaa.tar.gz"
    (tmp_path / "by-hand.tar.gz").touch()
    assert archives.live() == tmp_path / "by-hand.tar.gz"


def test_only_what_may_serve_again_takes_space(tmp_path: Path) -> None:
    archives = Archives(tmp_path / "m", tmp_path / "c", tmp_path / "s")
    archives.models.mkdir()
    for name in "abcde":
        (archives.models / f"{name}.tar.gz").touch()
    for number in (1, 2, 3):
        archives.candidate(number).mkdir(parents=True)
    archives.forget({2})
    assert [each.name for each in archives.candidates.iterdir()] == ["2"]
    assert sorted(each.name for each in archives.models.iterdir()) == [
        "c.tar.gz",
        "d.tar.gz",
        "e.tar.gz",
    ]
