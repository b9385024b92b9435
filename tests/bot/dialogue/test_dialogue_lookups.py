"""Exams, doctors and visiting hours are asked for, chosen and answered in a few Italian turns."""

import pytest

EXAM, CHOICE = "preparazione_esame.trovato_di_esempio", "preparazione_esame.piu_di_uno"
VISITS = "orari_visita.trovato_di_esempio"
DOCTOR = "cercare_medico.trovato_di_esempio"


def payloads(talk):
    return [button["payload"] for button in talk.values["buttons"]]


def test_an_exam_is_told_with_its_preparation(talk):
    assert talk.says("come ci si prepara alla colonscopia?") == [EXAM]
    assert talk.values["preparazione"] == "Serve una dieta nei giorni prima."


def test_of_several_exams_one_is_chosen(talk):
    assert talk.says("devo essere a digiuno per l'ecografia?") == [CHOICE]
    assert payloads(talk)[-1] == "parla_con_operatore"
    assert talk.presses(payloads(talk)[1]) == [EXAM]
    assert talk.values["nome"] == "Ecografia tiroide"


@pytest.mark.parametrize("reply", ["colonscopia", "la colonscopia", "Colonscpia", "COLONSCOPIA!"])
def test_which_exam_is_answered_in_a_word(talk, reply):
    assert talk.presses("preparazione_esame") == ["preparazione_esame"]
    assert talk.says(reply) == [EXAM]


def test_an_exam_nobody_knows_leads_to_the_switchboard_and_a_person(talk):
    talk.presses("preparazione_esame")
    assert talk.says("broncoscopia") == ["preparazione_esame.nessuno_di_esempio"]
    assert payloads(talk) == ["parla_con_operatore"]
    assert talk.says("colonscopia") == [EXAM]


def test_the_topic_pressed_twice_asks_twice(talk):
    talk.presses("preparazione_esame")
    assert talk.presses("preparazione_esame") == ["preparazione_esame"]


@pytest.mark.parametrize("reply", ["cardiologia", "in cardiologia", "cardilogia"])
def test_which_ward_to_visit_is_answered_in_a_word(talk, reply):
    assert talk.presses("orari_visita") == ["orari_visita"]
    assert talk.says(reply) == [VISITS]
    assert talk.values["visite"] == "13-14"


def test_a_ward_to_visit_is_chosen(talk):
    assert talk.says("orari di visita in chirurgia") == ["orari_visita.piu_di_uno"]
    assert talk.presses(payloads(talk)[0]) == [VISITS]


def test_another_question_is_no_answer_to_which_ward(talk):
    talk.presses("orari_visita")
    assert talk.says("dove posso parcheggiare?") == ["parcheggio"]
    talk.presses("orari_visita")
    assert talk.says("il telefono di cardiologia") == ["contatti_reparto.trovato_di_esempio"]


@pytest.mark.parametrize("reply", ["Inventati", "dario inventati", "il dottor Inventati"])
def test_which_doctor_is_answered_with_a_name(talk, reply):
    assert talk.presses("cercare_medico") == ["cercare_medico"]
    assert talk.says(reply) == [DOCTOR]
    assert talk.values["reparto"] == "Cardiologia"


def test_namesakes_are_offered_and_one_is_chosen(talk):
    assert talk.says("dove lavora il dottor Fittizi?") == ["cercare_medico.piu_di_uno"]
    assert talk.presses(payloads(talk)[1]) == [DOCTOR]


def test_an_unknown_doctor_leads_to_the_switchboard_and_a_person(talk):
    assert talk.says("quando riceve il dottor Piras?") == ["cercare_medico.nessuno_di_esempio"]
    assert payloads(talk) == ["parla_con_operatore"]


@pytest.mark.parametrize("topic", ["preparazione_esame", "cercare_medico", "orari_visita"])
@pytest.mark.parametrize(
    "reply", ["😀😀", "'; DROP TABLE wards; --", "{nome}", "a" * 4000, "/restart", "???"]
)
def test_an_odd_reply_is_answered_and_finds_nothing(talk, topic, reply):
    talk.presses(topic)
    said = talk.says(reply)
    assert said
    assert not any("trovato" in key for key in said)


@pytest.mark.parametrize("topic", ["preparazione_esame", "cercare_medico", "orari_visita"])
def test_a_choice_nobody_knows_leads_to_a_person(talk, topic):
    assert talk.presses(f"{topic}:no-such-record") == [f"{topic}.nessuno_di_esempio"]
    assert payloads(talk) == ["parla_con_operatore"]
