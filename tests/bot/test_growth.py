"""A long conversation costs no more than a short one, and time alone ends nothing."""

import re
import sqlite3
import time

MOMENT = re.compile(r'("timestamp":)(\d+\.\d+)')
HOURS = 100 * 3600
ROUND = ["orari", "forse", "dove si parcheggia?", "boh", "reparto", "un reclamo", "perso", "qui"]


def test_the_row_stops_growing(door, served):
    sizes = []
    for number in range(10 * len(ROUND)):
        door.ask(ROUND[number % len(ROUND)])
        sizes.append(len(served.rows()[0].snapshot))
    early, late = sizes[40:48], sizes[72:80]
    assert [abs(a - b) < 40 for a, b in zip(early, late, strict=True)] == [True] * len(ROUND)


def test_what_an_action_is_sent_stops_growing(door, actions):
    for number in range(40):
        door.ask("reparto", message_id=f"m{number}")
    lengths = [len(call["tracker"]["events"]) for call in actions.asked]
    assert len(set(lengths[10:])) == 1


def test_an_open_form_waits_for_days(door, served):
    for text in ("un reclamo", "perso tutto"):
        door.ask(text)
    age(served.database)
    answer = door.ask("in corsia").json()
    assert answer["replies"] == [{"say": "reclamo.inviato", "with": {"cosa": "perso tutto"}}]


def test_a_form_goes_on_after_many_questions(door):
    for text in ("un reclamo", "perso tutto"):
        door.ask(text)
    for _ in range(6):
        assert door.said(payload="orari") == ["orari", "reclamo.dove"]
    answer = door.ask("in corsia").json()
    assert answer["replies"] == [{"say": "reclamo.inviato", "with": {"cosa": "perso tutto"}}]


def age(url):
    """As if all of it had been said days ago."""
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        [(snapshot,)] = connection.execute("SELECT snapshot FROM bot_tracker").fetchall()
        older = MOMENT.sub(lambda found: f"{found[1]}{time.time() - HOURS}", snapshot)
        assert older != snapshot
        connection.execute("UPDATE bot_tracker SET snapshot = ?", [older])
