from datetime import date

import pytest

from italian.corrections import find_correction

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("no, il giorno era martedì", "quando", "martedì"),
        ("il reparto era ortopedia", "dove", "ortopedia"),
        ("No scusi, il reparto giusto è l'ortopedia", "dove", "ortopedia"),
        ("ho sbagliato numero, è 347 1234567", "contatto", "3471234567"),
        ("anzi era lunedì", "quando", "lunedì"),
        ("mi correggo, è successo il 3 marzo", "quando", "3 marzo"),
        ("la mail giusta è m.rossi@posta.it", "contatto", "m.rossi@posta.it"),
        ("no, era in cardiologia", "dove", "cardiologia"),
    ],
)
def test_a_correction_names_its_field_and_value(text, field, value):
    found = find_correction(text, today=TODAY)
    assert found is not None
    assert found.field == field
    assert value in found.value


@pytest.mark.parametrize(
    "text",
    ["martedì", "ortopedia", "347 1234567", "no", "il reparto è sporco", "dove si parcheggia?"],
)
def test_a_plain_answer_is_no_correction(text):
    assert find_correction(text, today=TODAY) is None
