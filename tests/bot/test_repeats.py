"""Twice is once: whichever bot gets the repeat, and whoever comes second."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.bot.doors import Served


@pytest.mark.parametrize(
    "text",
    ["orari", "forse", "boh", "una persona", "un reclamo", "reparto", "orari e una persona"],
)
def test_a_repeat_gets_the_same_answer_and_does_nothing_again(door, served, actions, text):
    first = door.ask(text, message_id="m1").content
    before, calls = served.rows(), len(actions.asked)
    assert door.ask(text, message_id="m1").content == first
    assert (served.rows(), len(actions.asked)) == (before, calls)


def test_a_repeat_with_reset_does_not_undo_its_own_answer(door):
    first = door.ask("un reclamo", message_id="m1", reset=True).content
    assert door.ask("un reclamo", message_id="m1", reset=True).content == first
    assert door.said("perso tutto") == ["reclamo.dove"]


def test_another_bot_and_a_restarted_one_give_the_same_answer(model, database, actions):
    with Served(model, database, actions.url) as one, Served(model, database, actions.url) as two:
        first = one.door.ask("un reclamo", message_id="m1").content
        assert two.door.ask("un reclamo", message_id="m1").content == first
        assert two.door.said("perso tutto") == ["reclamo.dove"]
    with Served(model, database, actions.url) as restarted:
        assert restarted.door.said("in corsia") == ["reclamo.inviato"]


def test_an_older_message_is_refused(door):
    for number in range(8):
        door.ask("orari", message_id=f"m{number}")
    statuses = [door.ask("orari", message_id=f"m{number}").status_code for number in range(8)]
    assert statuses == [409] * 7 + [200]


def test_an_older_message_is_refused_after_a_reset_too(door):
    door.ask("orari", message_id="m1")
    door.ask("orari", message_id="m2", reset=True)
    assert door.ask("orari", message_id="m1").status_code == 409


def test_the_same_message_sent_at_once_to_two_bots_is_heard_once(model, database, actions):
    with Served(model, database, actions.url) as one, Served(model, database, actions.url) as two:
        doors = [one.door, two.door] * 4
        with ThreadPoolExecutor(8) as senders:
            answers = list(senders.map(lambda d: d.ask("reparto", message_id="m1"), doors))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert [row.version for row in one.rows()] == [1]


def test_who_stores_second_reads_again_what_the_first_stored(door, served, actions):
    door.ask("un reclamo")
    [row] = served.rows()
    newer = json.loads(row.snapshot)
    newer["events"] += [slot("reclamo_cosa", "altrove"), slot("requested_slot", "reclamo_dove")]
    actions.meanwhile = lambda: store(served.database, newer)
    answer = door.ask("in corsia").json()
    assert answer["replies"] == [{"say": "reclamo.inviato", "with": {"cosa": "altrove"}}]
    assert [row.version for row in served.rows()] == [3]


def slot(name, value):
    return {"event": "slot", "name": name, "value": value, "timestamp": 0}


def store(url, snapshot):
    with sqlite3.connect(url.removeprefix("sqlite:///"), timeout=5) as connection:
        connection.execute(
            "UPDATE bot_tracker SET version = version + 1, snapshot = ?", [json.dumps(snapshot)]
        )
