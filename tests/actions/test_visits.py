import pytest

from actions.lookups import LookUpFailed

ACTION, TOPIC = "action_orari_visita", "orari_visita"
NOBODY = f"{TOPIC}.nessuno_di_esempio"


async def test_a_wards_visiting_hours_are_told_and_a_sample_says_so(citizen):
    said = await citizen.calls(ACTION, text="quando si entra in cardilogia")
    assert said == [f"{TOPIC}.trovato_di_esempio"]
    assert citizen.replies[0]["with"] == {
        "nome": "Cardiologia",
        "sede": "Policlinico",
        "visite": "13-14",
        "telefono": "070 000001",
    }


async def test_a_ward_without_visiting_hours_is_told_with_its_telephone(citizen):
    assert await citizen.calls(ACTION, value="ortopedia") == [f"{TOPIC}.senza_orari"]
    assert "visite" not in citizen.replies[0]["with"]
    assert citizen.replies[0]["with"]["telefono"] == "070 000001"


async def test_several_wards_become_buttons_of_this_topic(citizen):
    assert await citizen.calls(ACTION, text="visite in chirurgia") == [f"{TOPIC}.piu_di_uno"]
    payloads = [button["payload"] for button in citizen.replies[0]["with"]["buttons"]]
    assert payloads == [f"{TOPIC}:chirurgia-generale", f"{TOPIC}:chirurgia-vascolare"]


@pytest.mark.parametrize("text", ["", "😀", "posso portare i fiori a mia zia?", "x" * 4000])
async def test_without_a_ward_it_tells_what_holds_for_all_and_asks_which(citizen, text):
    assert await citizen.calls(ACTION, text=text) == [TOPIC]


async def test_an_answer_that_is_no_ward_leads_to_the_switchboard_and_a_person(citizen):
    assert await citizen.answers(ACTION, asked=TOPIC, text="astrologia") == [NOBODY]
    assert citizen.replies[0]["with"]["buttons"][-1]["payload"] == "parla_con_operatore"
    assert await citizen.calls(ACTION, value="no-such-ward") == [NOBODY]


async def test_a_broken_service_raises(citizen, internal):
    internal.broken = True
    with pytest.raises(LookUpFailed):
        await citizen.calls(ACTION, text="visite in cardiologia")
