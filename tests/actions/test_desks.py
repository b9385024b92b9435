import pytest

from actions.lookups import LookUpFailed

ACTION = "action_orari_sportelli"
SAMPLE, KNOWN = "orari_sportelli.trovato_di_esempio", "orari_sportelli.trovato"


async def test_a_desk_in_each_hospital_is_told_at_once_and_sample_hours_say_so(citizen):
    assert await citizen.calls(ACTION, text="a che ora apre il cup") == [SAMPLE, SAMPLE]
    assert citizen.replies[0]["with"] == {
        "nome": "CUP, Policlinico",
        "risposta": "Adesso è aperto, fino alle 13.",
        "orari": "lunedì-venerdì 8–13",
    }


async def test_the_named_day_is_answered_instead_of_the_moment(citizen):
    await citizen.calls(ACTION, text="il cup è aperto domani?")
    assert citizen.replies[0]["with"]["risposta"] == "Domani, sabato 28 novembre, è chiuso."


async def test_of_more_than_two_desks_the_citizen_chooses(citizen):
    assert await citizen.calls(ACTION, text="orari sportelli") == ["orari_sportelli.piu_di_uno"]
    buttons = citizen.replies[0]["with"]["buttons"]
    assert buttons[0] == {
        "title": "CUP, Policlinico",
        "payload": "orari_sportelli:cup_policlinico",
    }
    assert buttons[2]["title"] == "CUP telefonico"


async def test_a_pressed_desk_is_told_without_searching(citizen):
    assert await citizen.calls(ACTION, value="cup_telefono") == [KNOWN]


@pytest.mark.parametrize("asked", [{"text": "siete aperti?"}, {"value": "no-such-desk"}])
async def test_an_unknown_desk_is_asked_for(citizen, asked):
    assert await citizen.calls(ACTION, **asked) == ["orari_sportelli"]


async def test_a_broken_service_raises(citizen, internal):
    internal.broken = True
    with pytest.raises(LookUpFailed):
        await citizen.calls(ACTION, text="orari cup")
