from datetime import date
from pathlib import Path

import pytest
import yaml

from actions.complaint_answers import Turn, answers, contact, day, event

TODAY = date(2026, 11, 25)
FORM = "validate_reclamo_form"
DOMAIN = Path(__file__).resolve().parents[2] / "bot" / "domain" / "complaint.yml"


@pytest.fixture
def form(citizen):
    citizen.domain = yaml.safe_load(DOMAIN.read_text(encoding="utf-8"))
    return citizen


async def answer(form, *, asked, intent="compila", **turn):
    form.slots["requested_slot"] = f"reclamo_{asked}"
    return await form.calls(FORM, intent=intent, **turn)


async def test_each_question_takes_its_answer(form):
    await answer(form, asked="cosa", text="Mi hanno fatto aspettare")
    await answer(form, asked="dove", text="al reparto di ortopedia")
    await answer(form, asked="quando", text="il 3/11/2025")
    await answer(form, asked="contatto", text="Maria.Rossi@posta.it")
    await answer(form, asked="conferma", intent="conferma")
    assert {k: v for k, v in form.slots.items() if k != "requested_slot"} == {
        "reclamo_cosa": "Mi hanno fatto aspettare",
        "reclamo_dove": "Ortopedia e Traumatologia",
        "reclamo_quando": "03/11/2025",
        "reclamo_contatto": "maria.rossi@posta.it",
        "reclamo_conferma": "confermato",
    }


@pytest.mark.parametrize("intent", ["parcheggio", "parla_con_operatore", "emergenza", "annulla"])
@pytest.mark.parametrize("asked", ["cosa", "dove", "quando", "contatto", "conferma"])
async def test_a_message_with_another_aim_fills_nothing(form, intent, asked):
    assert await answer(form, asked=asked, intent=intent, text="ieri 347 1234567") == []
    assert set(form.slots) == {"requested_slot"}


async def test_what_cannot_be_read_is_said_and_asked_again(form):
    assert await answer(form, asked="quando", text="bla") == ["reclamo.quando_non_valido"]
    assert await answer(form, asked="contatto", text="12") == ["reclamo.contatto_non_valido"]
    assert form.slots["reclamo_quando"] is None
    assert form.slots["reclamo_contatto"] is None


async def test_a_correction_changes_its_field_only(form):
    form.slots |= {"reclamo_dove": "Cardiologia", "reclamo_cosa": "Attesa"}
    said = await answer(form, asked="contatto", text="no, il reparto era ortopedia")
    assert said == ["reclamo.corretto"]
    assert form.slots["reclamo_dove"] == "Ortopedia e Traumatologia"
    assert form.slots["reclamo_cosa"] == "Attesa"


async def test_the_place_stays_in_the_citizens_words_when_the_directory_is_away(form, internal):
    internal.broken = True
    await answer(form, asked="dove", text="in ortopedia")
    assert form.slots["reclamo_dove"] == "in ortopedia"


async def test_leaving_the_form_carries_the_ticket_of_the_topic_and_what_was_told(citizen):
    ticket = {"kind": "emergenza", "reason": "sicurezza", "topic": None}
    citizen.domain = {"responses": {"utter_emergenza": [{"custom": {"ticket": ticket}}]}}
    citizen.slots = {"reclamo_cosa": "Attesa", "reclamo_dove": None}
    assert await citizen.calls("action_lascia_modulo", intent="emergenza") == ["emergenza"]
    told = {"topic": "reclamo", "fields": {"cosa": "Attesa"}}
    assert citizen.replies[0]["ticket"] == {**ticket, **told}
    assert citizen.slots["reclamo_cosa"] is None


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("347 1234567", "3471234567"),
        ("nessuno", "in questa chat"),
        ("preferisco di no", "in questa chat"),
        ("rispondetemi qui in chat", "in questa chat"),
        ("boh", None),
    ],
)
def test_a_contact_or_the_wish_to_give_none(text, given):
    assert contact(text) == given


@pytest.mark.parametrize(
    ("text", "given"),
    [("ieri", "24/11/2026"), ("non ricordo", "non ricordo"), ("boh", "non ricordo")],
)
def test_a_day_or_not_remembering_it(text, given):
    assert day(text, today=TODAY) == given


@pytest.mark.parametrize(("text", "given"), [("  ", None), ("😀", None), (" Attesa ", "Attesa")])
def test_an_event_needs_words(text, given):
    assert event(text) == given


@pytest.mark.parametrize(
    ("turn", "given"),
    [
        (Turn("reclamo", None, "voglio fare un reclamo", None), {}),
        (Turn("reclamo", None, "", "dove"), {"dove": None}),
        (Turn("reclamo", "dove", "", "conferma"), {"dove": None}),
        (Turn("reclamo", "correggi", "", "conferma"), {"conferma": None}),
        (Turn("reclamo", "non_ricordo", "", "quando"), {"quando": "non ricordo"}),
        (Turn("reclamo", "chat", "", "dove"), {"dove": None}),
        (Turn("compila", None, "confermo tutto", "conferma"), {"conferma": "confermato"}),
        (Turn("compila", None, "347 1234567", "conferma"), {"contatto": "3471234567"}),
        (Turn("compila", None, "mah", "conferma"), {"conferma": None}),
        (Turn("negazione", None, "no grazie", "contatto"), {"contatto": "in questa chat"}),
        (
            Turn("reclamo", None, "come si fa un reclamo e quanto ci mettete a rispondere?", None),
            {},
        ),
    ],
)
def test_a_turn_gives_these_fields(turn, given):
    assert answers(turn, today=TODAY) == given
