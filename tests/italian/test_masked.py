"""What names a person is hidden; dates, prices and hours stay."""

import pytest

from italian.masked import masked, names_somebody


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("sono RSSMRA85T10A562S grazie", "sono [codice fiscale] grazie"),
        ("rssmra85t10a562x", "[codice fiscale]"),  # mistyped: it names somebody all the same
        ("RSS MRA 85T10 A562S", "[codice fiscale]"),
        ("RSSMRAUSTM0A562S", "[codice fiscale]"),  # letters for digits
        ("IBAN IT60 X054 2811 1010 0000 0123 456.", "IBAN [conto]."),
        ("it60x0542811101000000123456", "[conto]"),
        ("DE89 3704 0044 0532 0130 00 grazie mille", "[conto] grazie mille"),
        ("mi chiami al 347 123 4567", "mi chiami al [telefono]"),
        ("+39 070 609 1234 o 0039-070-6091234", "[telefono] o [telefono]"),
        ("scrivo da anna.rossi+urp@posta.example.it", "scrivo da [e-mail]"),
    ],
)
def test_what_names_somebody_is_hidden(text: str, seen: str) -> None:
    assert masked(text) == seen
    assert names_somebody(text)
    assert names_somebody(seen)


@pytest.mark.parametrize(
    "text",
    [
        "il 12/03/2026 alle 10.30",
        "01/02/2026",
        "ho pagato 1.250,50 euro",
        "stanza 123456",
        "dove si paga il ticket?",
        "",
        "analisi del 3-4-26",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert masked(text) == text
    assert not names_somebody(text)
