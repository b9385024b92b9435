"""A newly published model serves without a message being lost; a broken one does not."""

import shutil
import signal
import socket

import pytest

from tests.bot.doors import TOKEN, Door
from tests.bot.test_start import pour_away, start, wait_for_its_end

NEWER, NEWEST = "20990101T000000Z-b", "20990102T000000Z-c"


@pytest.fixture
def models(tmp_path, model):
    """A folder with the tiny model."""
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(model, folder / "0-tiny.tar.gz")
    return folder


@pytest.fixture
def bot(models, database, actions, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = start(
        tmp_path,
        SPORTELLO_MODELS=str(models),
        SPORTELLO_BOT_DATABASE_URL=database,
        SPORTELLO_ACTIONS_URL=actions.url,
        SPORTELLO_BOT_PORT=str(port),
    )
    try:
        read_until(process, "model 0-tiny, port")
        process.door = Door(port, token=TOKEN, retries=5)
        yield process
    finally:
        process.door.http.close()
        process.send_signal(signal.SIGTERM)
        wait_for_its_end(process)
    assert process.returncode == 0


def read_until(process, words):
    line = ""
    while words not in line:
        line = process.stdout.readline()
        assert line, "the bot ended"


def publish(models, name, content):
    """As handoff does: whole under a hidden name first."""
    hidden = models / ".publishing-x"
    shutil.copy(content, hidden)
    hidden.rename(models / f"{name}.tar.gz")


def model_of(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["model"]


def test_a_published_model_takes_over_and_no_message_is_lost_meanwhile(bot, models, model):
    door = bot.door
    pour_away(bot)
    assert door.said("un reclamo") == ["reclamo.cosa"]
    publish(models, NEWER, model)
    seen = [model_of(door.ask("buongiorno", conversation="c2"))]
    while seen[-1] != NEWER:
        seen.append(model_of(door.ask("buongiorno", conversation="c2")))
    assert set(seen) == {"0-tiny", NEWER}
    assert door.said("mi hanno fatto aspettare") == ["reclamo.dove"]  # an open form goes on


def test_a_broken_model_is_told_and_the_one_before_it_serves(bot, models, model, tmp_path):
    broken = tmp_path / "broken"
    broken.write_bytes(b"x")
    publish(models, NEWER, broken)
    read_until(bot, "does not load, the model before it serves: BadSetting")
    assert model_of(bot.door.ask("buongiorno")) == "0-tiny"
    publish(models, NEWEST, model)
    read_until(bot, f"model {NEWEST} serves now")
    assert model_of(bot.door.ask("buongiorno")) == NEWEST
