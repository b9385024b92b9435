"""The table is for reading: it fits, and says what failed."""

import pytest

from tests.journey import sides, table
from tests.journey.course import Course

WIDEST = 120
OPEN = {"standing": "open", "window_hours": None, "has_templates": False}
RICHEST = Course(
    channel="messenger",
    by="scritto dall'operatore",
    seconds=12.345,
    choices=("risposte rapide", 5),
    states=("sent", "delivered", "read"),
    reach=OPEN | {"window_hours": 24.0, "has_templates": True},
    ticket="URP-26-XAZS",
    score=5,
    closed=True,
)


def test_no_cell_touches_its_neighbour_and_no_line_is_wider_than_a_terminal() -> None:
    cells = [cell for cell in table.row(RICHEST).split("  ") if cell.strip()]
    assert len(table.row(RICHEST)) <= WIDEST
    assert all(len(line) <= WIDEST for line in table.heading().splitlines())
    assert all(len(line) <= WIDEST for line in table.notes(sides.SIDES).splitlines())
    assert len(cells) <= len(table.COLUMNS)


def test_a_long_answer_stands_beside_its_title() -> None:
    first, second = table.paragraph("risposta", "parola " * 25).splitlines()
    assert first.startswith("risposta  parola")
    assert second.startswith(" " * 10 + "parola")
    assert max(len(first), len(second)) <= WIDEST


@pytest.mark.parametrize(
    ("hours", "templates", "words"),
    [
        (None, False, "sempre"),
        (24.0, True, "24 ore + modelli"),
        (168.0, False, "7 giorni"),
    ],
)
def test_the_window_is_told_in_words(hours: float | None, templates: bool, words: str) -> None:
    reach = OPEN | {"window_hours": hours, "has_templates": templates}
    assert table.window(reach) == words


def test_a_failure_names_its_channel_and_its_reason() -> None:
    told = table.failure("x", "la risposta approvata non è arrivata entro 30 secondi")
    assert told.split("  ")[0] == "x"
    assert "NON RIUSCITO: la risposta approvata non è arrivata" in told
