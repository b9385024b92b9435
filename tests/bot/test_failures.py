"""What stock Rasa hides: each failure is told, and nothing of it is stored."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

LIMIT = 4.0


def test_an_action_server_that_is_down_is_a_failure(door, served, actions):
    actions.stop()
    answer = door.ask("il reparto")
    assert (answer.status_code, set(answer.json())) == (502, {"detail"})
    assert served.rows() == []


@pytest.mark.parametrize("text", ["il reparto", "il reparto e una persona", "un reclamo"])
def test_an_action_that_fails_is_a_failure(door, served, actions, text):
    actions.fault = "broken"
    assert door.ask(text).status_code == 502
    assert served.rows() == []


def test_an_action_that_failed_leaves_the_form_as_it_was(door, served, actions):
    door.ask("un reclamo", message_id="m1")
    before = served.rows()
    actions.fault = "broken"
    assert door.ask("perso tutto", message_id="m2").status_code == 502
    assert served.rows() == before
    actions.fault = None
    assert door.said("perso tutto", message_id="m2") == ["reclamo.dove"]


def test_an_action_that_hangs_costs_four_seconds_and_stores_nothing(door, served, actions):
    actions.fault = "hang"
    began = time.monotonic()
    assert door.ask("il reparto").status_code == 504
    assert time.monotonic() - began < LIMIT + 0.9
    assert served.rows() == []


def test_a_hanging_action_does_not_hold_up_others(door, actions):
    actions.fault = "hang"
    with ThreadPoolExecutor(1) as other:
        hanging = other.submit(door.ask, "il reparto", conversation="slow")
        assert actions.called.wait(10)
        assert door.said("orari", conversation="quick") == ["orari"]
        assert not hanging.done()
        assert hanging.result().status_code == 504


@pytest.mark.parametrize("fault", [None, "nothing"])
def test_saying_nothing_is_a_failure(door, served, actions, fault):
    actions.fault = fault
    answer = door.ask("il reparto" if fault else "zitto")
    assert (answer.status_code, set(answer.json())) == (502, {"detail"})
    assert served.rows() == []


def test_what_cannot_be_read_is_a_failure(door, served):
    assert door.ask("rompiti").status_code == 502
    assert served.rows() == []


def test_a_database_without_our_table_answers_nothing(door, served):
    with sqlite3.connect(served.database.removeprefix("sqlite:///")) as connection:
        connection.execute("DROP TABLE bot_tracker")
    answers = [door.ask("un reclamo"), door.erase("c1")]
    assert [answer.status_code for answer in answers] == [503, 503]


def test_a_broken_database_never_becomes_memory(door, served):
    """Rasa's own wrapper would go on in memory, and answer for ever from there."""
    file = served.database.removeprefix("sqlite:///")
    assert door.said("un reclamo", message_id="m1") == ["reclamo.cosa"]
    with sqlite3.connect(file) as connection:
        connection.execute("ALTER TABLE bot_tracker RENAME TO away")
    assert door.ask("perso tutto", message_id="m2").status_code == 503
    with sqlite3.connect(file) as connection:
        connection.execute("ALTER TABLE away RENAME TO bot_tracker")
    assert door.said("perso tutto", message_id="m2") == ["reclamo.dove"]


@pytest.mark.parametrize(
    "snapshot", ["", "{}", "[]", '{"slots":{},"loop":{},"events":[],"heard":[]}']
)
def test_a_snapshot_that_cannot_be_read_fails_until_it_is_reset(door, served, snapshot):
    door.ask("un reclamo")
    with sqlite3.connect(served.database.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE bot_tracker SET snapshot = ?", [snapshot])
    assert door.ask("perso tutto").status_code == 502
    assert door.said("orari", reset=True) == ["orari"]
    assert door.said("un reclamo") == ["reclamo.cosa"]


def test_a_database_that_is_held_is_told_within_the_time(door, served):
    file = served.database.removeprefix("sqlite:///")
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    assert door.ask("orari").status_code == 503
    assert time.monotonic() - began < LIMIT
    holder.close()
    assert door.said("orari") == ["orari"]
