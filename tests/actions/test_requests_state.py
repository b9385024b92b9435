import pytest

from actions.requests_state import named
from tests.fake_internal import KEY

ACTION = "action_stato_segnalazione"


@pytest.mark.parametrize(
    ("said", "name", "key"),
    [
        ("URP-26-7K3Q", "URP-26-7K3Q", None),
        ("la pratica urp 26 7k3q", "URP-26-7K3Q", None),
        (f"URP-26-7K3Q {KEY}", "URP-26-7K3Q", KEY),
        (f"chiave {KEY.lower()} pratica URP-26-7K3Q", "URP-26-7K3Q", KEY),
        ("a che punto è il mio reclamo?", None, None),
        ("URP-26-7K3Q prenotazione", "URP-26-7K3Q", None),
    ],
)
def test_name_and_key_are_read_from_a_sentence(said, name, key):
    assert named(said) == (name, key)


async def test_the_state_is_told_with_the_key(citizen):
    said = await citizen.calls(ACTION, text=f"URP-26-7K3Q {KEY}")
    assert said == ["stato_segnalazione.trovata"]
    assert citizen.replies[0]["with"] == {
        "pratica": "URP-26-7K3Q",
        "aperta": "20/11/2026",
        "stato": "in lavorazione",
    }


async def test_without_the_key_it_is_asked_for(citizen):
    said = await citizen.calls(ACTION, text="URP-26-7K3Q")
    assert said == ["stato_segnalazione.nessuna"]


async def test_a_wrong_key_is_like_an_unknown_name(citizen):
    for text in ("URP-26-7K3Q AAAAA-BBBB-CCCC", f"URP-26-XXXX {KEY}"):
        assert await citizen.calls(ACTION, text=text) == ["stato_segnalazione.chiave_sbagliata"]


async def test_nobody_with_no_request_is_told_how_to_ask(citizen):
    assert await citizen.calls(ACTION, text="a che punto è?") == ["stato_segnalazione.nessuna"]
