import pytest

from actions.lookups import LookUpFailed

ACTION = "action_contatti_reparto"
SAMPLE = "contatti_reparto.trovato_di_esempio"


async def test_a_ward_is_told_with_all_that_is_known(citizen):
    assert await citizen.calls(ACTION, text="numero di cardilogia") == [SAMPLE]
    told = citizen.replies[0]["with"]
    assert told["telefono"] == "070 000001"
    assert set(told) == {"nome", "sede", "piano", "telefono", "email", "orari"}


async def test_a_pressed_ward_is_told_without_searching(citizen):
    assert await citizen.calls(ACTION, value="ortopedia") == ["contatti_reparto.trovato"]
    assert citizen.replies[0]["with"]["nome"] == "Ortopedia e Traumatologia"


async def test_several_wards_become_buttons_with_our_payloads(citizen):
    assert await citizen.calls(ACTION, text="telefono chirurgia") == [
        "contatti_reparto.piu_di_uno"
    ]
    buttons = citizen.replies[0]["with"]["buttons"]
    assert buttons[0] == {
        "title": "Chirurgia generale",
        "payload": "contatti_reparto:chirurgia-generale",
    }


async def test_of_two_questions_only_the_clause_about_the_ward_is_looked_up(citizen):
    told = await citizen.calls(
        ACTION,
        text="telefono di cardiologia? e quando si entra in chirurgia?",
        intent="contatti_reparto",
        asks={
            "contatti_reparto": "telefono di cardiologia",
            "orari_visita": "quando si entra in chirurgia",
        },
    )
    assert told == [SAMPLE]
    assert citizen.replies[0]["with"]["nome"] == "Cardiologia"


async def test_a_clause_that_names_nothing_leans_on_the_whole_message(citizen):
    told = await citizen.calls(
        "action_orari_visita",
        text="telefono di cardiologia, e quando si può entrare?",
        intent="orari_visita",
        asks={
            "contatti_reparto": "telefono di cardiologia",
            "orari_visita": "quando si può entrare",
        },
    )
    assert told == ["orari_visita.trovato_di_esempio"]


@pytest.mark.parametrize("asked", [{"text": "telefono di astrologia"}, {"value": "no-such-ward"}])
async def test_an_unknown_ward_leads_to_the_switchboard_and_a_person(citizen, asked):
    assert await citizen.calls(ACTION, **asked) == ["contatti_reparto.nessuno_di_esempio"]
    told = citizen.replies[0]["with"]
    assert told["centralini"] == "Policlinico: 070 000100; San Giovanni di Dio: 070 000200"
    assert told["buttons"][0]["payload"] == "parla_con_operatore"


@pytest.mark.parametrize("text", ["mi serve il numero di un reparto", "telefono?", "😀"])
async def test_no_ward_in_the_question_asks_which(citizen, text):
    assert await citizen.calls(ACTION, text=text) == ["contatti_reparto"]


async def test_a_broken_service_raises_and_does_not_repeat_the_question(citizen, internal):
    internal.broken = True
    with pytest.raises(LookUpFailed) as failed:
        await citizen.calls(ACTION, text="cardiologia per la signora Bianchini")
    assert "Bianchini" not in str(failed.value)


async def test_a_stopped_service_raises_and_does_not_repeat_the_question(citizen, monkeypatch):
    monkeypatch.setenv("SPORTELLO_HANDOFF_URL", "http://127.0.0.1:1")
    with pytest.raises(LookUpFailed) as failed:
        await citizen.calls(ACTION, text="cardiologia per la signora Bianchini")
    assert "Bianchini" not in str(failed.value)
