import pytest

from actions.lookups import LookUpFailed

ACTION, TOPIC = "action_cercare_medico", "cercare_medico"
NOBODY = f"{TOPIC}.nessuno_di_esempio"
PERSON = {"title": "Parla con una persona", "payload": "parla_con_operatore"}


async def test_a_doctor_is_told_with_the_wards_contacts(citizen):
    said = await citizen.calls(ACTION, text="quando riceve il dottor Inventati?")
    assert said == [f"{TOPIC}.trovato_di_esempio"]
    assert citizen.replies[0]["with"] == {
        "medico": "Dott. Dario Inventati",
        "reparto": "Cardiologia",
        "sede": "Policlinico e San Giovanni di Dio",
        "telefono": "070 000001",
        "email": "cardiologia@ospedale.example",
    }


async def test_namesakes_become_buttons_with_their_wards_and_a_person(citizen):
    assert await citizen.calls(ACTION, text="il dottor Fittizi") == [f"{TOPIC}.piu_di_uno"]
    assert citizen.replies[0]["with"]["buttons"] == [
        {"title": "Dott. Carla Fittizi, Cardiologia", "payload": f"{TOPIC}:carla-fittizi"},
        {"title": "Dott. Gemmo Fittizi, Cardiologia", "payload": f"{TOPIC}:gemmo-fittizi"},
        PERSON,
    ]


async def test_a_pressed_doctor_is_told_without_searching(citizen):
    assert await citizen.calls(ACTION, value="gemmo-fittizi") == [f"{TOPIC}.trovato_di_esempio"]


@pytest.mark.parametrize(
    "asked",
    [{"text": "il dottor Piras"}, {"text": "<b>dott.</b> {medico}"}, {"value": "no-such-doctor"}],
)
async def test_an_unknown_doctor_leads_to_the_switchboard_and_a_person(citizen, asked):
    assert await citizen.calls(ACTION, **asked) == [NOBODY]
    assert citizen.replies[0]["with"]["buttons"] == [PERSON]
    assert "070 000200" in citizen.replies[0]["with"]["centralini"]


async def test_of_an_unknown_doctor_the_named_ward_is_offered(citizen):
    assert await citizen.calls(ACTION, text="il dottor Piras di cardiologia") == [NOBODY]
    assert citizen.replies[0]["with"]["buttons"] == [
        {"title": "Cardiologia", "payload": "contatti_reparto:cardiologia"},
        PERSON,
    ]


@pytest.mark.parametrize("text", ["", "😀😀", "cerco un medico", "come si chiama il dottore?"])
async def test_no_name_in_the_question_asks_for_one(citizen, text):
    assert await citizen.calls(ACTION, text=text) == [TOPIC]


async def test_a_broken_service_raises_and_does_not_repeat_the_name(citizen, internal):
    internal.broken = True
    with pytest.raises(LookUpFailed) as failed:
        await citizen.calls(ACTION, text="il dottor Bianchini")
    assert "Bianchini" not in str(failed.value)
