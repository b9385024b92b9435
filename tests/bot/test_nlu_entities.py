"""What a message names is found in the directory, also when it is misspelt."""

import pytest

from bot.nlu.entities import Names, find
from bot.snapshot import PACKAGED

NAMES = Names.read(PACKAGED / "directory")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("il numero di cardiologia?", "reparto", "cardiologia"),
        ("mi passa la cardilogia", "reparto", "cardiologia"),
        ("una RISONANZA MAGNETICA", "esame", "risonanza"),
        ("devo fare la colonscpia", "esame", "colonscopia"),
        ("raggi x al torace", "esame", "radiografia"),
        ("al san giovanni di dio", "sede", "san_giovanni"),
        ("la dott.ssa Anna Melis riceve?", "medico", "Anna Melis"),
        ("il dottor Pinna", "medico", "Pinna"),
        ("la visita di giovedì", "data", "giovedì"),
        ("il 3 marzo 2026", "data", "3 marzo 2026"),
        ("il 12/03", "data", "12/03"),
        ("a che punto è urp-26-7k3f", "pratica", "urp-26-7k3f"),
    ],
)
def test_a_name_is_found_however_it_is_written(text, kind, value):
    assert (kind, value) in [(each["entity"], each["value"]) for each in find(text, NAMES)]


@pytest.mark.parametrize(
    "text", ["", "buongiorno", "il dottore è bravo", "alle 12.30", "quanto costa?"]
)
def test_nothing_is_found_where_nothing_is_named(text):
    assert find(text, NAMES) == []


def test_the_same_thing_is_named_once():
    assert find("tac, una tac, la TAC", NAMES) == find("tac", NAMES)
