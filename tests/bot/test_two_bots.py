"""Two processes on one database are one bot: any of them answers any conversation."""

import shutil
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.bot.actions import ActionServer
from tests.bot.doors import TOKEN, Door, new_database, new_place, rows
from tests.bot.test_start import pour_away, start, wait_for_its_end

NEWER = "20990101T000000Z-b"


class Pair:
    def __init__(self, doors: list[Door], database: str, models: Path, actions: ActionServer):
        self.one, self.two = doors
        self.database, self.models, self.actions = database, models, actions

    def versions(self, conversation: str) -> list[int]:
        found = rows(self.database)
        return [row.version for row in found if row.conversation_id == conversation]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def bots(request, tmp_path_factory, model) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("two")
    models = folder / "models"
    models.mkdir()
    shutil.copy(model, models / "0-tiny.tar.gz")
    url = f"sqlite:///{folder}/sportello.db"
    if request.param == "postgresql":
        url = new_place(request.getfixturevalue("postgres_server"))
    database = new_database(url)
    with ActionServer() as actions, ExitStack() as running:
        said = {"SPORTELLO_MODELS": str(models), "SPORTELLO_ACTIONS_URL": actions.url}
        said["SPORTELLO_BOT_DATABASE_URL"] = database
        starting = [running.enter_context(process(folder, **said)) for _ in range(2)]
        doors = [running.enter_context(once_there(*each)) for each in starting]
        yield Pair(doors, database, models, actions)


@contextmanager
def process(folder, **settings):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    running = start(folder, SPORTELLO_BOT_PORT=str(port), **settings)
    try:
        yield running, port
    finally:
        running.send_signal(signal.SIGTERM)
        wait_for_its_end(running)


@contextmanager
def once_there(running, port):
    while "model 0-tiny, port" not in (line := running.stdout.readline()):
        assert line, "the bot ended"
    pour_away(running)
    door = Door(port, token=TOKEN, retries=5)
    yield door
    door.http.close()


def test_a_message_that_both_get_at_once_is_heard_once(bots):
    doors = [bots.one, bots.two] * 4
    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda door: door.ask("reparto", message_id="m"), doors))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert bots.versions("c1") == [1]


def test_a_repeat_that_comes_while_the_first_works_on_it_has_the_same_answer(bots):
    again = []
    once = {"conversation": "repeat", "message_id": "m"}
    bots.actions.meanwhile = lambda: again.append(bots.two.ask("reparto", **once))
    first = bots.one.ask("reparto", **once)
    assert [each.content for each in again] == [first.content]
    assert bots.versions("repeat") == [1]


def test_a_form_goes_on_with_the_other_bot_and_ends_for_both(bots):
    talk = {"conversation": "form"}
    assert bots.one.said("un reclamo", **talk) == ["reclamo.cosa"]
    assert bots.two.said("mi hanno fatto aspettare", **talk) == ["reclamo.dove"]
    assert bots.one.said("in corsia", **talk) == ["reclamo.inviato"]
    assert bots.two.said("orari", **talk) == ["orari"]


def test_a_reset_by_one_bot_is_seen_by_the_other(bots):
    talk = {"conversation": "reset"}
    open_form = bots.one.said("un reclamo", **talk)
    assert bots.two.said("orari", reset=True, **talk) == ["orari"]
    assert bots.one.said("perso tutto", **talk) == ["non_capito"] != open_form


def test_what_one_bot_erased_the_other_has_forgotten(bots):
    talk = {"conversation": "erased"}
    bots.one.said("un reclamo", **talk)
    bots.two.said("mi hanno fatto aspettare", **talk)
    assert bots.one.erase("erased").status_code == 204
    assert bots.versions("erased") == []
    assert bots.two.said("in corsia", **talk) == ["non_capito"]


def test_a_published_model_reaches_both_while_a_form_goes_on(bots):
    talk = {"conversation": "published"}
    assert bots.one.said("un reclamo", **talk) == ["reclamo.cosa"]
    hidden = bots.models / ".publishing-x"
    shutil.copy(bots.models / "0-tiny.tar.gz", hidden)
    hidden.rename(bots.models / f"{NEWER}.tar.gz")
    for door in (bots.one, bots.two):
        while (answer := door.ask("orari", conversation="other")).json()["model"] != NEWER:
            assert answer.json()["model"] == "0-tiny"
    assert bots.two.said("mi hanno fatto aspettare", **talk) == ["reclamo.dove"]
