"""The complaint: filled, corrected, cancelled, interrupted, left for a person or an emergency."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

TOLD = "Ho aspettato quattro ore senza che nessuno mi dicesse niente"
ANSWERS = (TOLD, "in ortopedia", "ieri", "347 1234567")


def filled(talk, *, until: str) -> None:
    talk.says("voglio fare un reclamo")
    for text in ANSWERS:
        if talk.asked == until:
            return
        talk.says(text)


def yesterday() -> str:
    return f"{datetime.now(ZoneInfo('Europe/Rome')) - timedelta(days=1):%d/%m/%Y}"


def test_a_complaint_is_filled_confirmed_and_sent_with_all_fields(talk):
    assert talk.says("voglio fare un reclamo") == ["reclamo", "reclamo.cosa"]
    assert talk.says(TOLD) == ["reclamo.dove"]
    assert talk.says("in ortopedia") == ["reclamo.quando"]
    assert talk.says("ieri") == ["reclamo.contatto"]
    assert talk.says("347 1234567") == ["reclamo.riepilogo"]
    fields = {
        "cosa": TOLD,
        "dove": "Ortopedia e Traumatologia",
        "quando": yesterday(),
        "contatto": "3471234567",
    }
    assert {name: talk.values[name] for name in fields} == fields
    assert talk.presses("conferma") == ["reclamo.inviato"]
    assert talk.ticket == {
        "kind": "reclamo",
        "reason": "modulo",
        "topic": "reclamo",
        "fields": fields,
    }
    assert talk.form is None
    assert talk.told == {}


def test_a_typed_yes_confirms_too(talk):
    filled(talk, until="conferma")
    assert talk.says("sì va bene") == ["reclamo.inviato"]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("il reparto era cardiologia", "dove", "Cardiologia"),
        ("ho sbagliato numero, è 333 7654321", "contatto", "3337654321"),
        ("no, il giorno era il 3 marzo 2026", "quando", "03/03/2026"),
    ],
)
def test_a_field_is_corrected_at_the_summary(talk, text, field, value):
    filled(talk, until="conferma")
    assert talk.says(text) == ["reclamo.corretto", "reclamo.riepilogo"]
    assert talk.told[field] == value


def test_a_field_is_corrected_in_the_middle_and_the_form_goes_on(talk):
    filled(talk, until="contatto")
    assert talk.says("no scusi, il reparto era cardiologia") == [
        "reclamo.corretto",
        "reclamo.contatto",
    ]
    assert talk.told["dove"] == "Cardiologia"


def test_a_field_is_chosen_for_correction_by_button(talk):
    filled(talk, until="conferma")
    assert talk.presses("reclamo:correggi") == ["reclamo.conferma_non_capita"]
    assert talk.presses("reclamo:quando") == ["reclamo.quando"]
    assert talk.says("non ricordo") == ["reclamo.riepilogo"]
    assert talk.values["quando"] == "non ricordo"


def test_a_no_at_the_summary_asks_what_to_correct(talk):
    filled(talk, until="conferma")
    assert talk.says("no, non è corretto") == ["reclamo.conferma_non_capita"]
    assert talk.form == "reclamo_form"


@pytest.mark.parametrize("at", ["cosa", "dove", "quando", "contatto", "conferma"])
def test_a_complaint_is_cancelled_at_any_question(talk, at):
    filled(talk, until=at)
    assert talk.says("annulla") == ["reclamo.annullato"]
    assert talk.form is None
    assert talk.told == {}


@pytest.mark.parametrize("at", ["cosa", "dove", "quando", "contatto", "conferma"])
def test_a_question_is_answered_and_the_form_asks_again(talk, at):
    filled(talk, until=at)
    before = talk.told
    again = "reclamo.riepilogo" if at == "conferma" else f"reclamo.{at}"
    assert talk.says("dove posso parcheggiare?") == ["parcheggio", again]
    assert talk.form == "reclamo_form"
    assert talk.told == before


def test_a_look_up_interrupts_the_form_too(talk):
    filled(talk, until="quando")
    said = talk.says("qual è il numero di cardiologia?")
    assert said == ["contatti_reparto.trovato_di_esempio", "reclamo.quando"]


@pytest.mark.parametrize("at", ["cosa", "dove", "quando", "contatto", "conferma"])
@pytest.mark.parametrize(
    ("text", "key", "kind"),
    [
        ("voglio parlare con una persona", "reclamo.interrotto", "persona"),
        ("mi fa male il petto e non respiro", "emergenza", "emergenza"),
    ],
)
def test_a_person_or_an_emergency_ends_the_form_with_what_was_told(talk, at, text, key, kind):
    filled(talk, until=at)
    told = talk.told
    assert talk.says(text) == [key]
    assert talk.ticket["kind"] == kind
    assert talk.ticket["topic"] == "reclamo"
    assert talk.ticket["fields"] == told
    assert talk.form is None
    assert talk.told == {}


def test_an_unreadable_day_and_contact_are_asked_again(talk):
    filled(talk, until="quando")
    assert talk.says("bla bla") == ["reclamo.quando_non_valido", "reclamo.quando"]
    assert talk.says("tre giorni fa") == ["reclamo.contatto"]
    assert talk.says("12345") == ["reclamo.contatto_non_valido", "reclamo.contatto"]
    assert talk.says("maria.rossi@posta.it") == ["reclamo.riepilogo"]


def test_day_and_contact_may_stay_open(talk):
    filled(talk, until="quando")
    assert talk.presses("reclamo:non_ricordo") == ["reclamo.contatto"]
    assert talk.presses("reclamo:chat") == ["reclamo.riepilogo"]
    assert talk.values["quando"] == "non ricordo"
    assert talk.values["contatto"] == "in questa chat"


def test_a_complaint_told_at_once_is_not_asked_for_again(talk):
    told = (
        "voglio fare un reclamo perché in reparto mi hanno trattato male e nessuno mi ha"
        " spiegato niente"
    )
    assert talk.says(told) == ["reclamo", "reclamo.dove"]
    assert talk.told["cosa"] == told


def test_pressing_complaint_again_asks_the_same_question(talk):
    filled(talk, until="dove")
    assert talk.presses("reclamo") == ["reclamo.dove"]


def test_the_citizens_words_in_free_text_are_never_a_command(talk):
    filled(talk, until="cosa")
    assert talk.says("il parcheggio era pieno e sono arrivata tardi alla visita") == [
        "reclamo.dove"
    ]


def test_a_second_complaint_starts_empty(talk):
    filled(talk, until="conferma")
    talk.presses("conferma")
    assert talk.says("voglio fare un reclamo") == ["reclamo", "reclamo.cosa"]
    assert talk.told == {}


def test_after_a_month_the_form_goes_on_where_it_stood(talk):
    filled(talk, until="contatto")
    talk.wait_a_month()
    assert talk.says("347 1234567") == ["reclamo.riepilogo"]
    assert talk.values["cosa"] == TOLD
