import pytest

from actions.request_changes import offers
from actions.requests_state import named
from tests.fake_internal import KEY, TICKET

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
    assert said == ["stato_segnalazione.reclamo_in_esame"]
    assert citizen.replies[0]["with"] == {
        "pratica": "URP-26-7K3Q",
        "aperta": "20/11/2026",
        "avvio": "24/11/2026",
        "risposta": "20/12/2026",
        "nota": "(Dato dimostrativo, da confermare.)",
    }


async def test_without_the_key_it_is_asked_for(citizen):
    said = await citizen.calls(ACTION, text="URP-26-7K3Q")
    assert said == ["stato_segnalazione.nessuna"]


async def test_a_wrong_key_is_like_an_unknown_name(citizen):
    for text in ("URP-26-7K3Q AAAAA-BBBB-CCCC", f"URP-26-XXXX {KEY}"):
        assert await citizen.calls(ACTION, text=text) == ["stato_segnalazione.chiave_sbagliata"]


async def test_nobody_with_no_request_is_told_how_to_ask(citizen):
    assert await citizen.calls(ACTION, text="a che punto è?") == ["stato_segnalazione.nessuna"]


@pytest.mark.parametrize(
    ("stage", "variant", "days"),
    [
        ("waiting", "reclamo_in_attesa", {"avvio": "24/11/2026", "risposta": "20/12/2026"}),
        ("late_start", "reclamo_avvio_in_ritardo", {"avvio": "24/11/2026"}),
        ("started", "reclamo_in_esame", {"risposta": "20/12/2026"}),
        ("late_answer", "reclamo_in_ritardo", {"risposta": "20/12/2026"}),
        ("answered", "reclamo_risposto", {"risposto": "15/12/2026", "riesame": "14/01/2027"}),
    ],
)
async def test_a_complaint_is_told_with_its_legal_days(citizen, monkeypatch, stage, variant, days):
    answered = {"answered_on": "2026-12-15", "review_by": "2027-01-14"}
    monkeypatch.setitem(TICKET, "stage", stage)
    for name in answered if stage == "answered" else ():
        monkeypatch.setitem(TICKET, name, answered[name])
    said = await citizen.calls(ACTION, text=f"URP-26-7K3Q {KEY}")
    assert said == [f"stato_segnalazione.{variant}"]
    assert days.items() <= citizen.replies[0]["with"].items()


@pytest.mark.parametrize("stage", ["late_start", "late_answer"])
async def test_who_waits_too_long_is_offered_a_person(citizen, monkeypatch, stage):
    monkeypatch.setitem(TICKET, "stage", stage)
    await citizen.calls(ACTION, text=f"URP-26-7K3Q {KEY}")
    buttons = citizen.replies[0]["with"]["buttons"]
    assert [button["payload"] for button in buttons] == ["parla_con_operatore"]


@pytest.mark.parametrize(("state", "word"), [("closed", "chiusa"), ("withdrawn", "ritirata")])
async def test_a_request_without_terms_is_told_by_its_state(citizen, monkeypatch, state, word):
    monkeypatch.setitem(TICKET, "state", state)
    monkeypatch.setitem(TICKET, "stage", None)
    said = await citizen.calls(ACTION, text=f"URP-26-7K3Q {KEY}")
    assert said == ["stato_segnalazione.trovata"]
    assert citizen.replies[0]["with"]["stato"] == word


def test_of_several_requests_changes_are_offered_only_when_one_is_meant():
    one, other, closed = (
        {"name": f"URP-26-000{number}", "changeable": number < 2} for number in range(3)
    )
    assert [button["payload"] for button in offers([one, closed])] == [
        "stato_segnalazione:dettaglio.URP-26-0000",
        "stato_segnalazione:ritira.URP-26-0000",
    ]
    assert offers([one, other]) == offers([closed]) == []
