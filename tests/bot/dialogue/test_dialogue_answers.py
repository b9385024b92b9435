"""Answers, offers, look-ups, and the way to a person, in Italian turns with the trained bot."""

import pytest
from rasa.shared.exceptions import RasaException

from tests.fake_internal import KEY, Internal


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("dove posso parcheggiare?", "parcheggio"),
        ("DV SI PARCHEGGIA???", "parcheggio"),
        ("Buongiorno, vorrei disdire la visita di domani", "disdire_prenotazione"),
        ("come si paga il ticket", "pagare_ticket"),
        ("ciao", "saluto"),
        ("grazie mille", "ringraziamento"),
        ("cosa sai fare?", "aiuto"),
    ],
)
def test_a_known_question_gets_its_answer(talk, text, topic):
    assert talk.says(text) == [topic]
    assert talk.ticket is None


@pytest.mark.parametrize("text", ["asdkjh qwezxc", "😀😀😀", "zzz 123 ???", "lorem ipsum dolor"])
def test_gibberish_is_declined(talk, text):
    assert talk.says(text) in (["non_capito"], ["fuori_ambito"])
    assert talk.parse["verdict"] == "decline"


@pytest.mark.parametrize("text", ["mia madre", "tutte e due", "alle tre"])
def test_an_answer_to_nothing_is_not_called_another_offices_matter(talk, text):
    assert talk.says(text) in (["non_capito"], ["scelta"])


def test_still_unsure_leads_to_a_person(talk):
    assert talk.says("qwxz kjh") == ["non_capito"]
    assert talk.says("wkjh zxq") == ["ancora_incerto"]
    assert talk.ticket == {"kind": "persona", "reason": "non_capito", "topic": None, "fields": {}}


def test_an_answer_between_two_unclear_messages_starts_afresh(talk):
    talk.says("qwxz kjh")
    talk.says("dove posso parcheggiare?")
    assert talk.says("wkjh zxq") == ["non_capito"]


@pytest.mark.parametrize(
    "text", ["dimmi di più", "mi può dire di più?", "ALTRE INFORMAZIONI", "vorrei saperne di piu'"]
)
def test_who_wants_to_know_more_gets_more_of_what_was_said(talk, text):
    talk.says("dove posso parcheggiare?")
    assert talk.says(text) == ["parcheggio"]
    assert talk.values == {"prefer": ["di_piu"]}


def test_more_of_nothing_is_not_understood_as_more(talk):
    assert "prefer" not in (talk.says("dimmi di più") and talk.values)


def test_a_button_names_the_text_that_is_wanted(talk):
    assert talk.presses("parcheggio:san_giovanni") == ["parcheggio"]
    assert talk.values == {"prefer": ["san_giovanni"]}


def test_the_hospital_that_is_named_is_answered_for(talk):
    assert talk.says("dove parcheggio al San Giovanni di Dio?") == ["parcheggio"]
    assert talk.values == {"prefer": ["san_giovanni"]}


def test_an_unsure_message_offers_at_most_three_topics(talk):
    said = talk.says("la visita")
    assert said == ["scelta"]
    assert 1 <= len(talk.values["choices"]) <= 3


@pytest.mark.parametrize(
    ("text", "topic", "reason"),
    [
        ("voglio parlare con una persona", "parla_con_operatore", "richiesta"),
        ("non hai capito", "non_risolto", "non_risolto"),
    ],
)
def test_asking_for_a_person_opens_a_ticket(talk, text, topic, reason):
    assert talk.says(text) == [topic]
    assert talk.ticket == {"kind": "persona", "reason": reason, "topic": None, "fields": {}}


def test_wishing_ones_data_erased_opens_a_ticket_for_it(talk):
    assert talk.says("cancellate i miei dati") == ["cancella_dati"]
    assert talk.ticket["kind"] == "dati"


def test_two_questions_get_two_answers(talk):
    said = talk.says("dove posso parcheggiare? e qual è il numero di cardiologia?")
    assert said == ["parcheggio", "contatti_reparto.trovato"]
    assert talk.parse["topics"] == ["parcheggio", "contatti_reparto"]


def test_a_misspelt_ward_is_found(talk):
    assert talk.says("qual è il numero di cardilogia") == ["contatti_reparto.trovato"]
    assert talk.values == {
        "nome": "Cardiologia",
        "sede": "Policlinico",
        "piano": "piano 2",
        "telefono": "070 000001",
        "email": "cardiologia@ospedale.example",
        "orari": "8-13",
    }


def test_several_wards_are_offered_and_one_is_chosen(talk):
    assert talk.says("mi serve il numero di telefono di chirurgia") == [
        "contatti_reparto.piu_di_uno"
    ]
    payloads = [button["payload"] for button in talk.values["buttons"]]
    assert payloads == [
        "contatti_reparto:chirurgia-generale",
        "contatti_reparto:chirurgia-vascolare",
    ]
    assert talk.presses(payloads[1]) == ["contatti_reparto.trovato"]
    assert talk.values["nome"] == "Chirurgia vascolare"


def test_an_unknown_ward_gets_the_switchboard_and_a_person(talk):
    assert talk.says("mi serve il telefono del reparto di astrologia") == [
        "contatti_reparto.nessuno"
    ]
    assert talk.values["buttons"][0]["payload"] == "parla_con_operatore"


def test_a_ward_that_was_not_named_is_asked_for(talk):
    assert talk.presses("contatti_reparto") == ["contatti_reparto"]
    assert talk.says("cardiologia") == ["contatti_reparto.trovato"]


def test_ones_own_request_is_found_without_its_name(owner):
    assert owner.says("a che punto è il mio reclamo?") == ["stato_segnalazione.trovata"]
    assert owner.values == {
        "pratica": "URP-26-7K3Q",
        "aperta": "20/11/2026",
        "stato": "in lavorazione",
    }


def test_anothers_request_needs_the_key(talk):
    assert talk.says("a che punto è la pratica URP-26-7K3Q?") == ["stato_segnalazione.nessuna"]
    assert talk.says(f"urp 26 7k3q {KEY.lower()}") == ["stato_segnalazione.trovata"]


def test_a_wrong_key_reveals_nothing(talk):
    said = talk.says("a che punto è la pratica URP-26-7K3Q chiave AAAAA-BBBB-CCCC")
    assert said == ["stato_segnalazione.chiave_sbagliata"]


def test_a_failed_look_up_invents_nothing(talk):
    Internal.broken = True
    try:
        with pytest.raises(RasaException):
            talk.says("qual è il numero di cardiologia")
    finally:
        Internal.broken = False
    assert talk.says("qual è il numero di cardiologia") == ["contatti_reparto.trovato"]


def test_what_citizens_write_is_not_in_the_actions_log(talk, action_log):
    talk.says("qual è il numero di cardiologia per la signora Bianchini")
    assert "bianchini" not in action_log.read_text(encoding="utf-8").lower()


@pytest.mark.parametrize(
    "text", ["/reclamo", "/restart", '/parcheggio{"x": "y"}', " /session_start", "/back"]
)
def test_a_typed_command_of_rasas_is_only_text(talk, text):
    talk.says("dove posso parcheggiare?")
    said = talk.says(text)
    assert said
    assert talk.parse["confidence"] < 1


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "\u202e\u200b", "a" * 4000, "/" * 50]
)
def test_odd_text_gets_an_answer(talk, text):
    assert talk.says(text)
