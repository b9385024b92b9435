"""Codes that name a person are hidden when their checksum is right, and nothing else is."""

import pytest

from actions.masking import mask

TAX = "codice_fiscale_nascosto"
ACCOUNT = "iban_nascosto"


@pytest.mark.parametrize(
    ("text", "shown", "hidden"),
    [
        ("RCCMNL83S18D969H", "[codice fiscale nascosto]", (TAX,)),
        ("il cf è rccmnl83s18d969h.", "il cf è [codice fiscale nascosto].", (TAX,)),
        ("RCC MNL 83S18 D969H grazie", "[codice fiscale nascosto] grazie", (TAX,)),
        ("IT60X0542811101000000123456", "[IBAN nascosto]", (ACCOUNT,)),
        (
            "conto it60 x054 2811 1010 0000 0123 456 e grazie mille",
            "conto [IBAN nascosto] e grazie mille",
            (ACCOUNT,),
        ),
        ("DE89 3704 0044 0532 0130 00, Banca", "[IBAN nascosto], Banca", (ACCOUNT,)),
        (
            "RCCMNL83S18D969H e CNTCHR83T41D969D",
            "[codice fiscale nascosto] e [codice fiscale nascosto]",
            (TAX,),
        ),
        (
            "RCCMNL83S18D969H, IT60X0542811101000000123456",
            "[codice fiscale nascosto], [IBAN nascosto]",
            (TAX, ACCOUNT),
        ),
    ],
)
def test_a_code_is_hidden_however_it_is_spaced(text, shown, hidden):
    assert mask(text) == (shown, hidden)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "347 1234567",
        "RCCMNL83S18D969A",  # the check letter is wrong
        "IT61X0542811101000000123456",  # so are the check digits
        "ho prenotato con NRE 2000A4001234567",
        "la pratica URP-26-7K3Q",
        "reparto al piano 12, stanza 3, dalle 10 alle 12 del 3 marzo 2026",
    ],
)
def test_what_is_no_code_stays(text):
    assert mask(text) == (text, ())


def test_a_long_text_without_codes_is_read_in_one_go():
    text = "IT60 " * 800
    assert mask(text) == (text, ())
