from datetime import date

import pytest

from italian.dates import find_day, unknown_day

WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("ieri", (2026, 11, 24)),
        ("Ieri mattina verso le 9", (2026, 11, 24)),
        ("l'altro ieri", (2026, 11, 23)),
        ("oggi", (2026, 11, 25)),
        ("stamattina", (2026, 11, 25)),
        ("lunedi scorso", (2026, 11, 23)),
        ("mercoledì", (2026, 11, 18)),
        ("il 3 marzo", (2026, 3, 3)),
        ("3 dicembre", (2025, 12, 3)),
        ("primo novembre", (2026, 11, 1)),
        ("il 3/11/2026", (2026, 11, 3)),
        ("03-11-26", (2026, 11, 3)),
        ("il 12 novembre 2025", (2025, 11, 12)),
        ("due settimane fa", (2026, 11, 11)),
        ("3 gg fa", (2026, 11, 22)),
        ("un paio di giorni fa", (2026, 11, 23)),
        ("un mese fa", (2026, 10, 26)),
        ("la settimana scorsa", (2026, 11, 18)),
        ("era il 12", (2026, 11, 12)),
        ("era il 30", (2026, 10, 30)),
        ("no, il giorno era martedì", (2026, 11, 24)),
    ],
)
def test_the_day_that_a_citizen_means(text, day):
    assert find_day(text, today=WEDNESDAY) == date(*day)


@pytest.mark.parametrize(
    "text", ["", "boh", "31/02", "il 45", "domani", "dopo tanto tempo", "il 3 dicembre 2030"]
)
def test_what_is_no_past_day_is_not_guessed(text):
    assert find_day(text, today=WEDNESDAY) is None


@pytest.mark.parametrize(
    "text", ["non ricordo", "Nn mi ricordo bene", "boh", "non lo so", "non saprei"]
)
def test_not_remembering_the_day_is_an_answer(text):
    assert unknown_day(text)


def test_a_day_is_not_mistaken_for_not_remembering():
    assert not unknown_day("lunedì, me lo ricordo bene")
