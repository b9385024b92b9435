import pytest

from actions.lookups import LookUpFailed

ACTION, TOPIC = "action_preparazione_esame", "preparazione_esame"
FOUND, CHOICE = f"{TOPIC}.trovato_di_esempio", f"{TOPIC}.piu_di_uno"
NOBODY = f"{TOPIC}.nessuno_di_esempio"
PERSON = {"title": "Parla con una persona", "payload": "parla_con_operatore"}


async def test_an_exam_is_told_with_its_preparation_and_who_knows_more(citizen):
    assert await citizen.calls(ACTION, text="la colonscopia come si prepara?") == [FOUND]
    assert citizen.replies[0]["with"] == {
        "nome": "Colonscopia",
        "preparazione": "Serve una dieta nei giorni prima.",
        "buttons": [
            {"title": "Cardiologia", "payload": "contatti_reparto:cardiologia"},
            PERSON,
        ],
    }


async def test_a_pressed_exam_is_told_without_searching(citizen):
    assert await citizen.calls(ACTION, value="ecografia_tiroide") == [FOUND]
    assert citizen.replies[0]["with"]["nome"] == "Ecografia tiroide"


async def test_of_several_exams_at_most_five_buttons_and_one_is_a_person(citizen):
    assert await citizen.calls(ACTION, text="ecografia") == [CHOICE]
    buttons = citizen.replies[0]["with"]["buttons"]
    assert len(buttons) == 5
    assert buttons[0] == {"title": "Ecografia addome", "payload": f"{TOPIC}:ecografia_addome"}
    assert buttons[-1] == PERSON


async def test_an_exam_that_only_resembles_the_word_is_offered_and_never_told(citizen):
    assert await citizen.calls(ACTION, text="artroscopia") == [CHOICE]
    assert "preparazione" not in citizen.replies[0]["with"]


@pytest.mark.parametrize(
    "asked",
    [
        {"text": "preparazione per la broncoscopia"},
        {"text": "'; DROP TABLE exams; -- {preparazione}"},
        {"text": "x" * 4000},
        {"value": "no-such-exam"},
    ],
)
async def test_an_unknown_exam_leads_to_the_switchboard_and_a_person(citizen, asked):
    assert await citizen.calls(ACTION, **asked) == [NOBODY]
    assert citizen.replies[0]["with"]["buttons"] == [PERSON]
    assert "070 000100" in citizen.replies[0]["with"]["centralini"]


@pytest.mark.parametrize(
    "text", ["", "😀", "devo essere a digiuno?", "come mi preparo all'esame?"]
)
async def test_no_exam_in_the_question_asks_which(citizen, text):
    assert await citizen.calls(ACTION, text=text) == [TOPIC]


async def test_an_answer_that_names_no_exam_is_not_asked_for_again(citizen):
    assert await citizen.answers(ACTION, asked=TOPIC, text="esame") == [NOBODY]


async def test_pressing_the_topic_again_asks_again(citizen):
    assert await citizen.answers(ACTION, asked=TOPIC, text="") == [TOPIC]


async def test_a_broken_service_raises_and_does_not_repeat_the_question(citizen, internal):
    internal.broken = True
    with pytest.raises(LookUpFailed) as failed:
        await citizen.calls(ACTION, text="colonscopia per la signora Bianchini")
    assert "Bianchini" not in str(failed.value)
