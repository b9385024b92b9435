"""The bot starts with right settings only, keeps quiet about citizens, and ends in order."""

import os
import signal
import socket
import subprocess
import sys
from collections import deque
from pathlib import Path
from threading import Thread

import httpx
import pytest

from bot.models import digest_of, find_made_of, forget_old, name_now, newest_model
from bot.settings import BadSetting, Settings
from tests.bot.doors import TOKEN, Door, settings
from tests.bot.tiny.training import HERE, train_tiny

ROOT = Path(__file__).resolve().parents[2]
GOOD = {"SPORTELLO_BOT_TOKEN": TOKEN, "SPORTELLO_BOT_DATABASE_URL": "sqlite:////tmp/a.db"}
SECRET = "mi-chiamo-Rossi-e-ho-una-malattia"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SPORTELLO_BOT_TOKEN", ""),
        ("SPORTELLO_BOT_TOKEN", "x" * 31),
        ("SPORTELLO_BOT_TOKEN", " " * 40),
        ("SPORTELLO_BOT_TOKEN", "${SPORTELLO_BOT_TOKEN:?set it in .env}"),
        ("SPORTELLO_BOT_DATABASE_URL", ""),
        ("SPORTELLO_BOT_DATABASE_URL", "sqlite"),
        ("SPORTELLO_BOT_DATABASE_URL", "sqlite://"),
        ("SPORTELLO_BOT_DATABASE_URL", "sqlite:///:memory:"),
        ("SPORTELLO_BOT_DATABASE_URL", "sqllite:///var/a.db"),
        ("SPORTELLO_BOT_DATABASE_URL", "sqlite+aiosqlite:///var/a.db"),
        ("SPORTELLO_BOT_DATABASE_URL", "postgres://host/a"),
        ("SPORTELLO_BOT_DATABASE_URL", "bot.trackers.SnapshotStore"),
        ("SPORTELLO_BOT_PORT", "5005a"),
        ("SPORTELLO_BOT_PORT", "70000"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    with pytest.raises(BadSetting, match=name):
        Settings.read({**GOOD, name: value})


def test_without_more_settings_the_bot_listens_to_this_machine_only():
    assert Settings.read(GOOD).host == "127.0.0.1"


def test_a_start_with_a_wrong_setting_ends_at_once_with_a_sentence(tmp_path):
    ended = start(tmp_path, SPORTELLO_BOT_TOKEN="short").communicate(timeout=60)[0]
    assert ended.strip().splitlines() == [
        "The bot does not start: SPORTELLO_BOT_TOKEN needs at least 32 characters."
    ]


def test_a_start_without_a_model_tells_the_remedy(tmp_path):
    bot = start(tmp_path, SPORTELLO_MODELS=str(tmp_path))
    assert "make train" in bot.communicate(timeout=60)[0]
    assert bot.returncode == 1


def test_a_real_bot_answers_keeps_quiet_about_citizens_and_ends_on_sigterm(
    model, database, actions, tmp_path
):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    bot = start(
        tmp_path,
        SPORTELLO_MODELS=str(model.parent),
        SPORTELLO_BOT_DATABASE_URL=database,
        SPORTELLO_ACTIONS_URL=actions.url,
        SPORTELLO_BOT_PORT=str(port),
    )
    log = ""
    try:
        log = read_until_it_listens(bot, port)
        door = Door(port, token=TOKEN)
        talk_about_secrets(door, actions)
        door.http.close()
    finally:
        bot.send_signal(signal.SIGTERM)
        log += bot.communicate(timeout=20)[0]
    assert bot.returncode == 0
    assert SECRET not in log
    assert "Rossi" not in log
    assert "rompiti" not in log
    assert log.count("The bot could not answer.") == 3, log  # told, without the words


def talk_about_secrets(door, actions):
    assert door.said(f"un reclamo, {SECRET}") == ["reclamo.cosa"]
    assert door.said(SECRET) == ["reclamo.dove"]
    refused = [door.ask(f"rompiti {SECRET}")]
    actions.fault = "broken"
    refused += [door.ask(f"{SECRET} reparto", conversation="c2"), door.ask(SECRET)]
    refused += [door.ask(payload=SECRET), door.ask(f"/{SECRET}" * 200)]
    assert [answer.status_code for answer in refused] == [502, 502, 502, 422, 422]


def start(folder, **settings):
    known = {name: value for name, value in os.environ.items() if "SPORTELLO" not in name}
    return subprocess.Popen(
        [sys.executable, "-m", "bot.server"],
        cwd=ROOT,
        env={**known, **GOOD, **settings, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def pour_away(bot):
    """What it logs from here on: a full pipe would hold it up."""
    bot.pouring = Thread(target=deque, args=(bot.stdout, 0), daemon=True)
    bot.pouring.start()


def wait_for_its_end(bot):
    bot.wait(timeout=20)
    if hasattr(bot, "pouring"):
        bot.pouring.join()
    bot.stdout.close()


def read_until_it_listens(bot, port):
    """It listens once its model is loaded, which it says just before."""
    log = ""
    while "model tiny" not in log:
        line = bot.stdout.readline()
        assert line, log
        log += line
    with httpx.Client(transport=httpx.HTTPTransport(retries=5), trust_env=False) as http:
        found = http.get(f"http://127.0.0.1:{port}/webhooks/handoff/health", timeout=10)
    assert found.json() == {"status": "ok", "model": "tiny"}
    return log


def test_a_model_that_lets_rasa_fill_slots_from_any_text_does_not_serve(
    tmp_path, database, actions
):
    from bot.application import load  # noqa: PLC0415 (Rasa takes seconds to import)

    careless = tmp_path / "domain.yml"
    careless.write_text(
        (HERE / "domain.yml")
        .read_text()
        .replace(
            "reclamo_dove: {type: any, influence_conversation: false, mappings: [{type: custom}]}",
            "reclamo_dove: {type: text, mappings: [{type: from_text}]}",
        )
    )
    model = train_tiny(tmp_path, domain=careless)
    with pytest.raises(BadSetting, match="reclamo_dove"):
        load(model, settings(database=database, actions=actions.url))


def test_a_file_that_is_no_model_does_not_serve(tmp_path, database, actions):
    from bot.application import load  # noqa: PLC0415

    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"x")
    with pytest.raises(BadSetting, match="broken"):
        load(broken, settings(database=database, actions=actions.url))


def test_the_newest_model_is_told_by_its_name(tmp_path):
    for name in ("20261123T120000Z-b", "20261124T080000Z-a", "20261122T230000Z-c"):
        (tmp_path / f"{name}.tar.gz").touch()
    assert newest_model(tmp_path).name == "20261124T080000Z-a.tar.gz"
    assert find_made_of(tmp_path, "c").name == "20261122T230000Z-c.tar.gz"
    assert [old.name for old in forget_old(tmp_path, kept=2)] == ["20261122T230000Z-c.tar.gz"]
    (tmp_path / name_now("d")).touch()
    assert find_made_of(tmp_path, "d").name > "20261123T1"


def test_a_model_is_known_by_what_it_was_made_of(tmp_path):
    file = tmp_path / "a.yml"
    file.write_text("one")
    one = digest_of([file], root=tmp_path, extra="rasa")
    assert digest_of([file], root=tmp_path, extra="rasa") == one
    assert digest_of([file], root=tmp_path, extra="rasa 4") != one
    file.write_text("two")
    assert digest_of([file], root=tmp_path, extra="rasa") != one
